"""Files of the runtime in a real browser: brought, edited, saved over nobody, deleted with what is lost named."""

from pathlib import Path

from playwright.async_api import FilePayload, Locator, expect

from tests.e2e.notebooks import ipynb
from tests.e2e.pages import RUN_MS, Tab

MAKE = """
import os
os.makedirs('data')
for n in (1, 2, 10): open(f'data/part{n}.csv', 'w').write('a,b\\n' * n)
open('train.py', 'w').write('print(1)\\n')
print('made')
"""


DRAG = """(row, { events, name }) => {
  const data = new DataTransfer();
  data.items.add(new File(['dropped'], name));
  const event = (type) => new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
  for (const type of events) row.dispatchEvent(event(type));
}"""


async def opened(tab: Tab) -> tuple[Locator, Path]:
    """The pane, and the directory that it shows."""
    before = set(tab.server.data.glob("runtimes/*/content"))
    book = await tab.upload("files.ipynb", ipynb(MAKE))
    await book.cell(0).run()
    await expect(book.cell(0).text).to_have_text("made", timeout=RUN_MS)
    await tab.page.get_by_role("button", name="Files", exact=True).click()
    pane = tab.page.get_by_role("complementary", name="Files")
    await expect(pane.get_by_role("row", name="train.py")).to_be_visible()
    [content] = set(tab.server.data.glob("runtimes/*/content")) - before
    return pane, content


async def test_a_file_is_uploaded_and_one_that_is_there_is_asked_about(tab: Tab) -> None:
    pane, content = await opened(tab)
    field = pane.get_by_label("Upload files", exact=True).and_(pane.locator("input"))
    await field.set_input_files(
        files=[FilePayload(name="up.bin", mimeType="application/octet-stream", buffer=b"1" * 300_000)]
    )
    await expect(pane.get_by_role("status").filter(has_text="Uploaded")).to_be_visible()
    await expect(pane.get_by_role("row", name="up.bin")).to_be_visible()
    assert (content / "up.bin").read_bytes() == b"1" * 300_000
    await field.set_input_files(files=[FilePayload(name="up.bin", mimeType="application/octet-stream", buffer=b"2")])
    ask = tab.page.get_by_role("dialog", name="There is already a file of this name")
    await expect(ask).to_contain_text("up.bin")
    assert (content / "up.bin").stat().st_size == 300_000
    await ask.get_by_role("button", name="Replace").click()
    await expect(pane.get_by_role("row", name="up.bin")).to_contain_text("1 B")
    assert (content / "up.bin").read_bytes() == b"2"


async def test_a_file_dropped_on_a_folder_is_uploaded_into_it(tab: Tab) -> None:
    pane, content = await opened(tab)
    row = pane.get_by_role("row", name="data")
    await row.evaluate(DRAG, {"events": ["dragover"], "name": "x.bin"})
    await expect(pane.get_by_text("Drop to upload to data")).to_be_visible()
    await row.evaluate(DRAG, {"events": ["drop"], "name": "x.bin"})
    await expect(pane.get_by_text("Drop to upload to data")).to_have_count(0)
    await expect(pane.get_by_role("status").filter(has_text="Uploaded")).to_be_visible()
    assert (content / "data" / "x.bin").read_text() == "dropped"
    # It was the pane's: nobody asks what to do with it as a notebook.
    await row.evaluate(DRAG, {"events": ["dragover", "drop"], "name": "y.ipynb"})
    await expect(pane.get_by_text("y.ipynb").first).to_be_visible()
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)


async def test_a_text_file_is_saved_and_what_others_wrote_meanwhile_is_not_overwritten(tab: Tab) -> None:
    pane, content = await opened(tab)
    await pane.get_by_role("row", name="train.py").dblclick()
    editor = tab.page.get_by_role("textbox", name="Text of train.py")
    panel = tab.page.get_by_role("tabpanel")
    await editor.click()
    await tab.page.keyboard.press("Control+End")
    await tab.page.keyboard.type("# mine\n")
    await expect(panel.get_by_role("status")).to_have_text("Not saved")
    await tab.page.keyboard.press("Control+s")
    await expect(panel.get_by_role("status")).to_have_text("Saved")
    assert (content / "train.py").read_text() == "print(1)\n# mine\n"

    await tab.page.keyboard.type("# again\n")
    (content / "train.py").write_text("by a cell\n")
    await tab.page.keyboard.press("Control+s")
    await expect(panel.get_by_role("alert")).to_contain_text("Nothing was overwritten")
    assert (content / "train.py").read_text() == "by a cell\n"
    await panel.get_by_role("button", name="Show what is there now").click()
    await expect(editor).to_have_text("by a cell")
    await expect(panel.get_by_role("alert")).to_have_count(0)


async def test_separated_values_are_a_table_that_sorts_and_can_be_edited_as_text(tab: Tab) -> None:
    pane, content = await opened(tab)
    (content / "cities.csv").write_text('name,people\n"Bern, BE",146000\nOslo,717000\nUri,9000\n')
    await pane.get_by_role("button", name="Refresh").click()
    await pane.get_by_role("row", name="cities.csv").dblclick()
    panel = tab.page.get_by_role("tabpanel")
    names = panel.locator("tbody td:nth-child(2)")
    await expect(names).to_have_text(["Bern, BE", "Oslo", "Uri"])
    await panel.get_by_role("button", name="people", exact=True).click()
    await expect(names).to_have_text(["Uri", "Bern, BE", "Oslo"])

    await panel.get_by_role("button", name="Edit as text").click()
    editor = panel.get_by_role("textbox", name="Text of cities.csv")
    await editor.click()
    await tab.page.keyboard.press("Control+End")
    await tab.page.keyboard.type("Rome,2749000\n")
    await panel.get_by_role("button", name="Show as table").click()
    await expect(names).to_have_text(["Bern, BE", "Oslo", "Uri", "Rome"])
    await panel.get_by_role("button", name="Save").click()
    await expect(panel.get_by_text("Saved", exact=True)).to_be_visible()
    assert (content / "cities.csv").read_text().endswith("Uri,9000\nRome,2749000\n")


async def test_deleting_names_what_is_lost(tab: Tab) -> None:
    pane, content = await opened(tab)
    await pane.get_by_role("row", name="data").focus()
    await tab.page.keyboard.press("Delete")
    ask = tab.page.get_by_role("dialog", name="Delete data?")
    await expect(ask).to_contain_text("3 files in it")
    assert (content / "data").is_dir()
    await ask.get_by_role("button", name="Delete").click()
    await expect(pane.get_by_role("row", name="data")).to_have_count(0)
    assert not (content / "data").exists()
