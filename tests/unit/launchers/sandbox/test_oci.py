"""What a sandbox is told to be: everything apart, little allowed."""

from noctule.launchers.sandbox.oci import CAPABILITIES, Bind, Box, config
from noctule.launchers.sandbox.ranges import SIZE, base_of
from noctule.launchers.sandbox.seccomp import profile

BOX = Box(
    name="r1",
    base=base_of(7),
    command=["/bin/true"],
    environment={"B": "2", "A": "1"},
    groups=[900],
    binds=[Bind("/host/content", "/content", writable=True), Bind("/host/door", "/run/noctule")],
    memory=1 << 30,
    files=1000,
)


def test_every_namespace_is_its_own_and_its_ids_are_those_of_its_range() -> None:
    linux = config(BOX)["linux"]
    kinds = {"pid", "ipc", "uts", "mount", "cgroup", "network", "user"}
    assert {namespace["type"] for namespace in linux["namespaces"]} == kinds
    assert not any("path" in namespace for namespace in linux["namespaces"])
    ids = [{"containerID": 0, "hostID": base_of(7), "size": SIZE}]
    assert linux["uidMappings"] == linux["gidMappings"] == ids


def test_what_is_bound_is_what_the_plan_says_and_read_only_unless_it_says_otherwise() -> None:
    mounts = {mount["destination"]: mount for mount in config(BOX)["mounts"]}
    binds = {target: mount["options"] for target, mount in mounts.items() if "rbind" in mount["options"]}
    assert set(binds) == {"/content", "/run/noctule"}
    assert "rw" in binds["/content"]
    assert "ro" in binds["/run/noctule"]
    assert "ro" in mounts["/sys"]["options"]
    assert all({"nosuid"} <= set(mount["options"]) for mount in mounts.values())


def test_capabilities_are_few_and_nothing_gains_any() -> None:
    process = config(BOX)["process"]
    assert process["noNewPrivileges"] is True
    assert set(process["capabilities"]) == {"bounding", "effective", "permitted"}
    assert len(CAPABILITIES) == 12
    dangerous = {
        "CAP_SYS_ADMIN",
        "CAP_SYS_PTRACE",
        "CAP_NET_ADMIN",
        "CAP_MKNOD",
        "CAP_SYS_MODULE",
        "CAP_DAC_READ_SEARCH",
    }
    assert not dangerous & set(CAPABILITIES)
    assert process["env"] == ["A=1", "B=2"]


def test_no_call_is_both_allowed_and_refused_and_what_is_not_named_is_not_there() -> None:
    found = profile("x86_64")
    plain = [rule for rule in found["syscalls"] if "args" not in rule]
    allowed = {name for rule in plain if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    refused = {name for rule in plain if rule["action"] != "SCMP_ACT_ALLOW" for name in rule["names"]}
    assert not allowed & refused
    assert found["defaultAction"] == "SCMP_ACT_ERRNO"
    assert found["architectures"] == ["SCMP_ARCH_X86_64"]
    # Only by conditions: for a new namespace, or a family of sockets, is in their arguments.
    assert not {"clone", "clone3", "unshare", "socket"} & allowed
    assert {"mount", "setns", "bpf", "io_uring_setup", "keyctl", "init_module"} <= refused


def test_each_condition_on_an_argument_has_a_rule_of_its_own() -> None:
    """Conditions on one argument within one rule are joined differently by crun and runc."""
    for rule in profile("aarch64")["syscalls"]:
        indexes = [condition["index"] for condition in rule.get("args", [])]
        assert len(indexes) == len(set(indexes))
