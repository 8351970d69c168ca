"""From a file to its outputs: upload, run all, and every kind of output is shown."""

from playwright.async_api import expect

from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import RUN_MS, Tab

RICH = ipynb(
    text("# Measurements\n\nThe *second* run."),
    'print("plain text")\nprint("\\x1b[31mred\\x1b[0m and \\x1b[1;32mbold green\\x1b[0m")',
    "import sys\nprint('a warning', file=sys.stderr)\n6 * 7",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "import pandas as pd\npd.DataFrame({'city': ['Bern', 'Oslo'], 'height': [540, 23]})",
    "from IPython.display import Markdown\nMarkdown('**strong** words')",
)
FAILING = """def inner(x):
    return 1 / x

def outer():
    return inner(0)

outer()"""


async def test_run_all_shows_every_kind_of_output(tab: Tab) -> None:
    book = await tab.upload("measurements.ipynb", RICH)
    await expect(book.page.get_by_label("Notebook name")).to_have_value("measurements.ipynb")
    await expect(book.cell(0).place.get_by_role("heading", name="Measurements")).to_be_visible()

    await book.run_all()
    for index in range(1, 6):
        await book.cell(index).ended_ok()

    await expect(book.cell(1).text).to_have_text("plain text red and bold green")
    await expect(book.cell(1).text.get_by_text("red", exact=True)).to_have_css("color", "rgb(179, 38, 30)")
    await expect(book.cell(1).text.get_by_text("bold green")).to_have_css("font-weight", "700")
    await expect(book.cell(2).text.first).to_have_text("a warning")
    await expect(book.cell(2).text.last).to_have_text("42")
    picture = book.cell(3).place.get_by_role("img", name="<Figure")
    await picture.scroll_into_view_if_needed()
    assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100
    await book.cell(4).place.scroll_into_view_if_needed()
    await expect(book.cell(4).outputs.get_by_role("table").get_by_role("cell", name="Oslo")).to_be_visible()
    await expect(book.cell(4).place.locator("iframe")).to_have_count(0)
    await expect(book.cell(5).outputs.locator("strong")).to_have_text("strong")


async def test_an_error_names_itself_first_and_folds_the_earlier_frames(tab: Tab) -> None:
    book = await tab.upload("failing.ipynb", ipynb(FAILING, "print('never')"))
    await book.run_all()
    await book.cell(0).failed()
    error = book.cell(0).outputs.get_by_role("group", name="ZeroDivisionError")
    await expect(error.locator(".error-title")).to_have_text("ZeroDivisionError: division by zero")
    await expect(error.locator(".output-pre").first).to_contain_text("return 1 / x")
    await expect(error.get_by_role("button", name="Cell In[1], line 2, in inner(x)")).to_be_visible()
    await expect(error.get_by_text("outer()").first).to_be_hidden()
    await error.locator("summary").click()
    await expect(error.get_by_text("return inner(0)").first).to_be_visible()
    await expect(book.cell(1).place.get_by_role("button", name="Did not run. Run again")).to_be_visible()
    await expect(book.cell(1).text).to_have_count(0)


async def test_an_output_is_updated_in_place_and_a_progress_bar_stays_one_line(tab: Tab) -> None:
    source = """from IPython.display import display
from tqdm import tqdm
handle = display({"text/plain": "first"}, raw=True, display_id=True)
for i in tqdm(range(200), desc="work"):
    pass
handle.update({"text/plain": "second"}, raw=True)"""
    book = await tab.upload("progress.ipynb", ipynb(source))
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    await expect(book.cell(0).text.first).to_have_text("second", timeout=RUN_MS)
    bar = (await book.cell(0).text.last.text_content() or "").strip()
    assert bar.startswith("work: 100%")
    assert "\n" not in bar
