"""What is asked of the runtime and not done, with the problem to show. Raised by terminals and files, caught by the desk."""

from .wire.values import Problem


class Refusal(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.title}")
        self.problem = problem
