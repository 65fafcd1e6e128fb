"""The HTML report in a real Chromium:  browser.py POOLWHO SOURCE WORK [SCREENSHOTS]

Counts rows against NDJSON's records, sorts, filters, pages and unfolds with mouse and keyboard, holds headlines against the
verdicts, looks at windows from a phone's to a large one, for errors on the console, and for markup out of logs, names and
version resources that came alive. Prints one line a failed check; exit 1 if there is one.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

poolwho, source, work = (os.path.abspath(argument) for argument in sys.argv[1:4])
screenshots = os.path.abspath(sys.argv[4]) if len(sys.argv) > 4 else None
passed = failed = 0


def check(what, is_true):
    global passed, failed
    passed, failed = passed + bool(is_true), failed + (not is_true)
    if not is_true:
        print("FAILED", what)


def run(arguments, **options):
    return subprocess.run([poolwho, *arguments], check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=work, **options)


def records(arguments):
    out = run([*arguments, "--format", "ndjson"]).stdout.decode()
    return [json.loads(line) for line in out.splitlines()]


def page(name, arguments):
    path = os.path.join(work, name)
    result = run([*arguments, "--format", "html", "-o", path])
    check(f"{name}: written, exit {result.returncode}, {result.stderr.decode()[:200]}", os.path.exists(path))
    return "file://" + path


def start():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    profile = tempfile.mkdtemp(prefix="profile", dir=work)
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
                 "disable-component-update", "disable-sync", "disable-dev-shm-usage", "window-size=1180,1500",
                 "user-data-dir=" + profile):
        options.add_argument("--" + flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=webdriver.chrome.service.Service(shutil.which("chromedriver")), options=options)


def count(browser, kind):
    return len(browser.find_elements(By.CSS_SELECTOR, f"[data-row={kind}]"))


def picture(browser, name):
    if screenshots is None:
        return
    os.makedirs(screenshots, exist_ok=True)
    height = browser.execute_script("return document.documentElement.scrollHeight")
    for width in (390, 1200, 1900):
        for scheme in ("light", "dark"):
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            window(browser, width, min(height + 140, 6000))
            browser.save_screenshot(os.path.join(screenshots, f"{name}-{width}-{scheme}.png"))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def window(browser, width, height=900):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700})


CLIPPED = """return [...document.querySelectorAll('td, th, code, dd, li, p, h1, summary, button')].filter(element =>
  element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
  .slice(0, 3).map(element => element.tagName + ' ' + element.textContent.slice(0, 60))"""
NARROW = """return [...document.querySelectorAll('table td')].filter(cell =>
  cell.offsetParent !== null && cell.textContent.length > 3 && cell.getBoundingClientRect().width < 44)
  .slice(0, 3).map(cell => cell.textContent.slice(0, 60))"""
# On a phone a cell's name stands left of it, and must not stand in it.
COVERED = """return innerWidth >= 700 ? [] : [...document.querySelectorAll('td[data-label]')].filter(cell =>
  cell.offsetParent !== null && getComputedStyle(cell, '::before').content !== 'none' && parseFloat(getComputedStyle(cell).paddingLeft) < 110)
  .slice(0, 3).map(cell => cell.dataset.label + ': ' + cell.textContent.slice(0, 60))"""
SMALL = """return [...document.querySelectorAll('body *')].filter(element => element.offsetParent !== null || element.ownerSVGElement)
  .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .filter(element => element.getBoundingClientRect().height > 0 && (parseFloat(getComputedStyle(element).fontSize) < 11 ||
          (element.tagName === 'text' && element.getBoundingClientRect().height < 10)))
  .slice(0, 3).map(element => element.tagName + ' ' + element.textContent.slice(0, 40))"""


def fits(browser, name):
    """No window scrolls sideways, cuts text off, squeezes a column or shows letters that nobody can read."""
    for width in (360, 390, 700, 820, 1200, 1900):
        window(browser, width)
        wide = browser.execute_script("return document.scrollingElement.scrollWidth")
        check(f"{name} at {width}: the page is {wide} wide", wide <= width)
        for what, script in (("clipped", CLIPPED), ("narrow", NARROW), ("covered", COVERED), ("small", SMALL)):
            found = browser.execute_script(script)
            check(f"{name} at {width}: {what}: {found}", not found)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def controls(browser, name):
    """No control that does nothing."""
    for button in browser.find_elements(By.CSS_SELECTOR, "button[data-unfold]"):
        table = button.get_attribute("data-unfold")
        check(f"{name}: something to unfold in {table}", len(browser.find_elements(By.CSS_SELECTOR, f"#{table} details")) > 1)
    for field in browser.find_elements(By.CSS_SELECTOR, "input[data-filter]"):
        table = field.get_attribute("data-filter")
        rows = browser.execute_script("return document.getElementById(arguments[0]).tBodies.length", table)
        folded = browser.execute_script("return document.getElementById(arguments[0]).closest('details.fold') !== null", table)
        check(f"{name}: rows to filter in {table}", rows > 1 or folded)
    for head in browser.find_elements(By.CSS_SELECTOR, "th button"):
        rows = browser.execute_script("return arguments[0].closest('table').tBodies.length", head)
        folded = browser.execute_script("return arguments[0].closest('details.fold') !== null", head)
        check(f"{name}: rows to sort", rows > 1 or folded or name.startswith("leaks"))


def without_script(browser, name, row):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.refresh()
    check(f"{name}: rows without a script", browser.find_element(By.CSS_SELECTOR, f"[data-row={row}]").is_displayed())
    check(f"{name}: no dead control without a script",
          not [one for one in browser.find_elements(By.CSS_SELECTOR, ".needs-script, [data-copy], input, select") if one.is_displayed()])
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    browser.refresh()


def copies(browser, name):
    browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    buttons = browser.find_elements(By.CSS_SELECTOR, "[data-copy]")
    check(f"{name}: commands can be copied", buttons)
    for button in buttons[:3]:
        wanted = button.find_element(By.XPATH, "../code").text
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        WebDriverWait(browser, 20).until(lambda _: button.text != "Copy")
        got = browser.execute_async_script("const done = arguments[0]; navigator.clipboard.readText().then(done, error => done(String(error)))")
        check(f"{name}: copied {got!r}, wanted {wanted!r}, button {button.text}", got == wanted and button.text == "Copied")


def counts_agree(browser, name, wanted):
    for kind, number in wanted.items():
        check(f"{name}: {count(browser, kind)} rows {kind}, NDJSON has {number}", count(browser, kind) == number)


def nothing_came_alive(browser, name):
    check(f"{name}: no element from outside", not browser.find_elements(By.CSS_SELECTOR, "img, iframe, object, embed, link[rel=stylesheet]"))
    check(f"{name}: one script that runs, ours", len(browser.find_elements(By.CSS_SELECTOR, "script:not([type='application/json'])")) == 1)
    check(f"{name}: no handler in an attribute", browser.execute_script(
        "return [...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !/^on/i.test(a.name) && a.name !== 'style'))"))
    check(f"{name}: markup did not run", browser.execute_script("return window.hacked === undefined"))
    errors = [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    check(f"{name}: console says {errors}", not errors)


def sorting(browser, name, table, column):
    head = browser.find_elements(By.CSS_SELECTOR, f"#{table} thead th")[column]
    button = head.find_element(By.TAG_NAME, "button")
    key = "return [...document.querySelectorAll('#%s > tbody')].map(b => b.rows[0].cells[%d]).map(c => { if (!c) return null;" \
          " return c.dataset.sort === undefined ? c.textContent.trim() : Number(c.dataset.sort); })" % (table, column)
    before = browser.execute_script(key)
    for _ in range(2):
        button.send_keys(Keys.ENTER)  # by keyboard
        after = browser.execute_script(key)
        whole = [value for value in after if value is not None]
        check(f"{name}: rows without a column {column} stay at the end", after[:len(whole)] == whole)
        down = head.get_attribute("aria-sort") == "descending"
        numeric = all(isinstance(value, (int, float)) for value in whole)
        wanted = sorted(whole, key=(lambda v: v) if numeric else (lambda v: str(v).lower()), reverse=down)
        check(f"{name}: {table} sorted by column {column}, {after}", whole == wanted and sorted(map(str, before)) == sorted(map(str, after)))


def unfolding(browser, name):
    details = [one for one in browser.find_elements(By.CSS_SELECTOR, "[data-row=candidate] details, [data-row=driver] details") if one.is_displayed()]
    check(f"{name}: something to unfold", details)
    summary = details[0].find_element(By.TAG_NAME, "summary")
    box = details[0].find_element(By.CSS_SELECTOR, ".box")
    check(f"{name}: folded first", not box.is_displayed())
    summary.send_keys(Keys.ENTER)
    check(f"{name}: unfolds by keyboard", box.is_displayed())
    summary.click()
    check(f"{name}: folds by mouse", not box.is_displayed())


def leaks(browser):
    arguments = ["leaks", "logs/poolmon1.txt", "logs/poolmon2.txt", "logs/poolmon3.txt", "logs/evil.txt", "--root", "sample"]
    browser.get(page("leaks.html", arguments))
    all_records = records(arguments)
    found = [record for record in all_records if record["type"] in ("leak", "suspect")]
    check("leaks: the sample's leak is there", [record["tag"] for record in found] == ["Leak"])
    counts_agree(browser, "leaks", {
        "leak": sum(record["type"] == "leak" for record in found), "suspect": sum(record["type"] == "suspect" for record in found),
        "candidate": sum(len(record["candidates"]) for record in found),
        "growth": sum(record["type"] == "growth" for record in all_records),
        "error": sum(record["type"] == "error" for record in all_records)})
    points = browser.find_elements(By.CSS_SELECTOR, "#leak1 svg.chart circle")
    check("leaks: one point a snapshot", len(points) == found[0]["snapshots"])
    drivers = [candidate["path"].rsplit("/", 1)[-1] for candidate in found[0]["candidates"]]
    check(f"leaks: the driver that takes the other pool does not come first, {drivers}",
          drivers[0] == "myfault.sys" and "hostile.sys" in drivers[1:])
    # Texts break after separators, and commands have a button: what the page says is its text, folded parts too.
    shown = " ".join(browser.execute_script("return document.body.textContent").split())
    for words in found[0]["reasons"] + [step[key] for step in found[0]["next_steps"] for key in ("text", "command") if key in step]:
        check(f"leaks: the page says {words}", " ".join(words.split()) in shown)
    check("leaks: the log's markup is text", "<img src=x onerror=" in browser.find_element(By.TAG_NAME, "body").text)
    check(f"leaks: the title names the tag, {browser.title}", "'Leak' keeps growing" in browser.title)
    unfolding(browser, "leaks")
    sorting(browser, "leaks", "growth", 3)
    sorting(browser, "leaks", "candidates1", 0)
    sorting(browser, "leaks", "candidates1", 3)
    copies(browser, "leaks")
    controls(browser, "leaks")
    fits(browser, "leaks")
    without_script(browser, "leaks", "candidate")
    nothing_came_alive(browser, "leaks")
    picture(browser, "leaks")
    browser.find_element(By.CSS_SELECTOR, "#leak1 summary").click()
    for part in browser.find_elements(By.CSS_SELECTOR, "[data-row=candidate] summary")[:1]:
        part.click()
    picture(browser, "leaks-unfolded")


def certain_and_suspected(browser):
    for name, logs, kind, title in (("certain", ["many.txt"], "leak", "keeps growing"),
                                    ("suspected", [f"logs/poolmon{i}.txt" for i in (1, 2, 3)], "suspect", "may be leaking")):
        arguments = ["leaks", *logs]
        browser.get(page(name + ".html", arguments))
        counts_agree(browser, name, {one: sum(record["type"] == one for record in records(arguments)) for one in ("leak", "suspect", "growth")})
        check(f"{name}: one {kind}, {browser.title}", count(browser, kind) == 1 and title in browser.title)
        check(f"{name}: the word suspected", ("suspected only" in browser.find_element(By.TAG_NAME, "main").text) == (kind == "suspect"))
        nothing_came_alive(browser, name)


def unfold_weak(browser, name):
    fold = browser.find_element(By.CSS_SELECTOR, "details.fold")
    check(f"{name}: weak rows are folded away", not browser.execute_script(
        "return [...arguments[0].querySelectorAll('[data-row]')].filter(row => row.checkVisibility()).length", fold))
    fold.find_element(By.TAG_NAME, "summary").click()
    return fold


def filtered(browser, table, words):
    field = browser.find_element(By.CSS_SELECTOR, f"input[data-filter={table}]")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(Keys.DELETE)
    said = browser.find_element(By.CSS_SELECTOR, f"[data-found={table}]")
    WebDriverWait(browser, 60).until(lambda _: said.text == "")
    field.send_keys(words)
    WebDriverWait(browser, 60).until(lambda _: said.text != "" or words == "")
    return [body for body in browser.find_elements(By.CSS_SELECTOR, f"#{table} > tbody") if body.is_displayed()]


def locate(browser):
    arguments = ["Leak", "--root", "sample", "--all"]
    browser.get(page("locate.html", arguments))
    all_records = records(arguments)
    counts_agree(browser, "locate", {kind: sum(record["type"] == kind for record in all_records) for kind in ("candidate", "listed", "error")})
    # Version resources are written by strangers.
    check("locate: a company's markup is text", "<img src=x onerror=" in browser.find_element(By.TAG_NAME, "body").text)
    unfolding(browser, "locate")
    sorting(browser, "locate", "candidates", 3)
    button = browser.find_element(By.CSS_SELECTOR, "button[data-unfold=candidates]")
    button.click()
    check("locate: everything unfolds", all(part.get_attribute("open") for part in browser.find_elements(By.CSS_SELECTOR, "#candidates details")))
    button.click()
    check("locate: the filter leaves one", len(filtered(browser, "candidates", "hostile.sys")) == 1)
    controls(browser, "locate")
    fold = unfold_weak(browser, "locate")
    check("locate: the weak one is there", "decoy.sys" in fold.text and "Only mentions the bytes (1 file)" in fold.text)
    fits(browser, "locate")
    without_script(browser, "locate", "candidate")
    nothing_came_alive(browser, "locate")
    picture(browser, "locate")


def headlines(browser):
    """A headline names a driver for `likely` and better only, whatever else was found."""
    many = ["--root", "sample", "--all"]
    for name, arguments, wanted in (
            ("found", ["Dcoy", *many], "'Dcoy': decoy.sys"),
            ("two", ["-t", "Leak", "-t", "Dcoy", *many], r"'Leak': (myfault|hostile).sys, (myfault|hostile).sys; 'Dcoy': decoy.sys"),
            ("one-missing", ["-t", "Dcoy", "-t", "Zqxj", *many], "'Dcoy': decoy.sys; 'Zqxj': no driver found"),
            ("weak", ["Zqxj", "mentions"], "No driver found that allocates with 'Zqxj'"),
            ("weak-two", ["-t", "Zqxj", "-t", "Devi", "mentions"], "No driver found that allocates with 'Zqxj', 'Devi'"),
            ("never", ["Devi", "mentions"], "No driver found that allocates with 'Devi'"),
            ("possible", ["None", *many], "'None': 1 possible driver"),
            ("nothing", ["Wvut", *many], "No driver found that allocates with 'Wvut'")):
        browser.get(page("headline.html", arguments))
        title = browser.find_element(By.TAG_NAME, "h1").text
        check(f"{name}: the headline is {title}", re.fullmatch(wanted if "|" in wanted else re.escape(wanted), title))
        check(f"{name}: the window's title is the headline", browser.title == title)
        found = [record for record in records(arguments) if record["type"] == "candidate"]
        innocent = {record["path"].rsplit("/", 1)[-1] for record in found if record["verdict"] in ("possible", "weak")} - \
                   {record["path"].rsplit("/", 1)[-1] for record in found if record["verdict"] in ("proven", "likely")}
        header = browser.find_element(By.TAG_NAME, "header").text
        check(f"{name}: innocent drivers in the header: {header}", not [driver for driver in innocent if driver in header])
        counts_agree(browser, name, {"candidate": len(found)})
        banners = browser.find_elements(By.CSS_SELECTOR, "main > aside.banner:first-child")
        check(f"{name}: advice stands first", bool(banners) == (name in ("weak-two", "never", "possible")))
        if banners:
            check(f"{name}: advice once", browser.find_element(By.TAG_NAME, "body").text.count("never proves an owner") == 1)
        if name in ("weak", "never"):
            check(f"{name}: no driver is shown", "talks.sys" not in browser.find_element(By.TAG_NAME, "body").text)
            check(f"{name}: it is there when asked for", "talks.sys" in unfold_weak(browser, name).text)
        controls(browser, name)
        fits(browser, name)
        nothing_came_alive(browser, name)


LONG = "Some_Vendor.Very-Long+Name_of.a_Driver_for_Storage_and_Network_{}.sys"


def large_pages(browser):
    """Thousands of rows: few nodes, few bytes, and yet each row can be found."""
    number = 1300
    folder = os.path.join(work, "large", "Windows", "System32", "DriverStore", "FileRepository", "vendor_filter.inf_amd64_0123456789abcdef")
    os.makedirs(folder)
    names = ["decoy.sys", "fltsample.sys", "netsample.sys", "oldsample.sys"]
    images = [open(os.path.join(source, "data/sample/Windows/System32/drivers", name), "rb").read() for name in names]
    for i in range(number):  # bytes behind the image: another content, the same code
        with open(os.path.join(folder, LONG.format(i)), "wb") as out:
            out.write(images[i % len(images)] + f"</script><!-- Devi {i} ".encode())
    with open(os.path.join(folder, EVIL + "<script>.sys"), "wb") as out:
        out.write(images[0] + b"another")
    for name, arguments, table, record in (("large-survey", ["survey", "large"], "survey", "driver"),
                                           ("large-check", ["survey", "large", "--check"], "survey", "finding"),
                                           ("large-weak", ["Devi", "large"], "candidates-weak", "candidate")):
        browser.get(page(name + ".html", arguments))
        size = os.path.getsize(os.path.join(work, name + ".html"))
        wanted = [one for one in records(arguments) if one["type"] == record]
        check(f"{name}: {size} bytes for {len(wanted)} rows", len(wanted) >= 600 and size < 12e6 * len(wanted) / 3800 + 100000)
        if name == "large-weak":
            check(f"{name}: accuses nobody", browser.title == "No driver found that allocates with 'Devi'")
            unfold_weak(browser, name)
        WebDriverWait(browser, 60).until(lambda _: browser.find_elements(By.CSS_SELECTOR, f"#{table} > tbody"))
        nodes = browser.execute_script("const walk = document.createTreeWalker(document, NodeFilter.SHOW_ALL); let n = 0; while (walk.nextNode()) ++n; return n")
        check(f"{name}: {nodes} nodes", nodes < 20000)
        fits(browser, name)
        picture(browser, name)
        # All pages together hold every row, once.
        seen, turns = [], 0
        following = browser.find_element(By.XPATH, f"//div[@data-pager='{table}']/button[2]")
        while True:
            seen += browser.execute_script("return [...document.getElementById(arguments[0]).tBodies].map(b => b.dataset.row + ' ' + b.querySelector('strong').textContent)", table)
            turns += 1
            if following.get_attribute("disabled") or turns > 100:
                break
            browser.execute_script("arguments[0].click()", following)
        shown = sorted(one for one in seen if one.startswith(record + " "))
        check(f"{name}: {len(shown)} rows in {turns} pages", shown == sorted(record + " " + one["path"].rsplit("/", 1)[-1] for one in wanted))
        check(f"{name}: the last page is the {turns}th", turns == -(-len(seen) // 200))
        # One among all of them, wherever it stands.
        last = [one for one in wanted if LONG.format("") [:20] in one["path"]][-1]["path"].rsplit("/", 1)[-1]
        found = filtered(browser, table, last)
        check(f"{name}: the filter finds {last} among all, {len(found)}", found and all(last in body.text for body in found))
        if record != "finding":
            summary = found[0].find_element(By.TAG_NAME, "summary")
            summary.send_keys(Keys.ENTER)
            WebDriverWait(browser, 20).until(lambda _: found[0].find_elements(By.CSS_SELECTOR, ".box"))
            check(f"{name}: details hold the hash", wanted[-1]["sha256"][:8] in found[0].text or len(wanted[-1]["sha256"]) == 64 and "SHA-256" in found[0].text)
        check(f"{name}: the evil name is found, as text", name == "large-weak" or any(EVIL in body.text for body in filtered(browser, table, "onerror=window")))
        filtered(browser, table, "no such words anywhere")
        check(f"{name}: nothing found is said", "0 of" in browser.find_element(By.CSS_SELECTOR, f"[data-found={table}]").text)
        filtered(browser, table, "")
        WebDriverWait(browser, 20).until(lambda _: len(browser.find_elements(By.CSS_SELECTOR, f"#{table} > tbody")) == 200)
        # Sorted as a whole, not page by page.
        column = 1 if name == "large-weak" else 0
        head = browser.find_elements(By.CSS_SELECTOR, f"#{table} thead button")[column]
        for _ in range(2):
            head.send_keys(Keys.ENTER)
        first = browser.execute_script("return document.querySelector(arguments[0]).textContent", f"#{table} > tbody strong")
        check(f"{name}: sorted down, {first} is first", first == max(one.split(" ", 1)[1] for one in seen) or first.lower() >= LONG.format("99")[:40].lower())
        controls(browser, name)
        nothing_came_alive(browser, name)
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        check(f"{name}: paper says what is missing", "Only the rows in view are printed" in browser.find_element(By.TAG_NAME, "body").text)
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        browser.refresh()
        note = browser.find_element(By.CSS_SELECTOR, ".needs-no-script")
        check(f"{name}: without a script the page says why it is empty", "JavaScript" in note.get_attribute("textContent"))
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def same_in_both_forms(browser):
    """A row of a table in data reads as the same row of a plain table."""
    texts = []
    some = os.path.join(work, "some")
    os.makedirs(some)
    folder = os.path.dirname(next(one["path"] for one in records(["survey", "large"]) if one["type"] == "driver"))
    for i in (0, 1, 2, 3):
        shutil.copy(os.path.join(work, folder, LONG.format(i)), some)
    for name, place in (("plain", "some"), ("data", "large")):
        browser.get(page("form.html", ["survey", place, "--explain"]))
        rows = []
        for i in (0, 1, 2, 3):
            body = next(one for one in filtered(browser, "survey", LONG.format(i)) if LONG.format(i) in one.text)
            body.find_element(By.TAG_NAME, "summary").click()
            WebDriverWait(browser, 20).until(lambda _: body.find_elements(By.CSS_SELECTOR, ".box"))
            rows.append(" ".join(body.text.replace(os.path.dirname(os.path.join(folder, "x")), "some").split()))
        texts.append(rows)
    for plain, data in zip(*texts):
        check(f"both forms:\n  {plain}\n  {data}", plain == data)


def survey(browser):
    arguments = ["survey", "sample"]
    browser.get(page("survey.html", arguments))
    all_records = records(arguments)
    counts_agree(browser, "survey", {kind: sum(record["type"] == kind for record in all_records) for kind in ("driver", "use", "copy", "error")})
    sorting(browser, "survey", "survey", 0)
    sorting(browser, "survey", "survey", 4)
    unfolding(browser, "survey")
    title, lead = browser.find_element(By.TAG_NAME, "h1").text, browser.find_element(By.CSS_SELECTOR, "p.lead").text
    drivers = sum(record["type"] == "driver" for record in all_records)
    check(f"survey: {title}: {lead}", title == "Pool tag survey" and lead.startswith(f"{drivers} drivers, ") and lead.endswith(" below sample"))
    check("survey: a summary first", browser.find_element(By.CSS_SELECTOR, "main > :first-child h2").text == "Summary")
    controls(browser, "survey")
    fits(browser, "survey")
    without_script(browser, "survey", "driver")
    nothing_came_alive(browser, "survey")
    picture(browser, "survey")


EVIL = "<img src=x onerror=window.hacked=1>"


def check_and_baseline(browser):
    for name, arguments, kind, columns in (
            ("check", ["survey", "sample", "named", "--check", "--tagdb", "evil-tags.txt"], "finding", (1, 2, 4)),
            ("baseline", ["survey", "named", "--baseline", "sample/Windows/System32/drivers/decoy.sys"], "change", (1, 2, 4))):
        browser.get(page(name + ".html", arguments))
        all_records = records(arguments)
        check(f"{name}: there is something to show", any(record["type"] == kind for record in all_records))
        counts_agree(browser, name, {one: sum(record["type"] == one for record in all_records) for one in (kind, "copy", "error")})
        shown = browser.execute_script("return [...document.querySelectorAll('[data-row=%s]')].map(b => b.innerText)" % kind)
        for record, row in zip((record for record in all_records if record["type"] == kind), shown):
            wanted = [*record["path"].rsplit("/", 1), record["code"], record["tag"] or "", record.get("text") or record.get("after") or record["before"]]
            check(f"{name}: {wanted} in {row!r}", all(part in row for part in wanted))
        check(f"{name}: a file name's markup is text", EVIL + ".sys" in browser.find_element(By.TAG_NAME, "body").text)
        if name == "check":
            check("check: a list's markup is text", "lists the tag for " + EVIL in browser.find_element(By.TAG_NAME, "body").text)
        for column in columns:
            sorting(browser, name, "survey", column)
        title, lead = browser.find_element(By.TAG_NAME, "h1").text, browser.find_element(By.CSS_SELECTOR, "p.lead").text
        count_of = sum(record["type"] == kind for record in all_records)
        if name == "check":
            check(f"check: {title}: {lead}", title == "Pool tag check" and lead.startswith(f"{count_of} findings in "))
        else:
            check(f"baseline: {title}: {lead}", title == "Pool tag changes" and "compared with decoy.sys 1.0.0.0" in lead)
        check(f"{name}: a summary first", browser.find_element(By.CSS_SELECTOR, "main > :first-child h2").text == "Summary")
        check(f"{name}: nothing to unfold, no button for it", not browser.find_elements(By.CSS_SELECTOR, "[data-unfold]"))
        controls(browser, name)
        fits(browser, name)
        nothing_came_alive(browser, name)
        picture(browser, name)


def whole_pools(browser):
    """Pools that grow without tags, and one snapshot: each has its answer on the page."""
    arguments = ["leaks", "pools.csv"]
    browser.get(page("pools.html", arguments))
    found = [record for record in records(arguments) if record["type"] == "pool"]
    counts_agree(browser, "pools", {"pool": len(found)})
    check(f"pools: {browser.title}", browser.title == "The nonpaged pool as a whole keeps growing" and any(one["growing"] for one in found))
    check("pools: a curve", browser.find_elements(By.CSS_SELECTOR, "[data-row=pool] svg.chart circle"))
    check("pools: next steps", browser.find_elements(By.CSS_SELECTOR, "ol.steps li"))
    fits(browser, "pools")
    nothing_came_alive(browser, "pools")
    picture(browser, "pools")
    arguments = ["leaks", "logs/poolmon1.txt"]
    browser.get(page("sizes.html", arguments))
    counts_agree(browser, "sizes", {"size": sum(record["type"] == "size" for record in records(arguments))})
    check(f"sizes: {browser.title}", browser.title == "Sizes of one snapshot")
    sorting(browser, "sizes", "sizes", 2)
    controls(browser, "sizes")
    fits(browser, "sizes")
    nothing_came_alive(browser, "sizes")


def nothing_to_show(browser):
    for arguments, title, words in ((["survey", "clean", "--check"], "Pool tag check", "No findings"),
                                    (["survey", "clean", "--baseline", "clean/fltsample.sys"], "Pool tag changes", "No changes")):
        browser.get(page("clean.html", arguments))
        check(f"{title}: {words}", browser.find_element(By.TAG_NAME, "h1").text == title and words in browser.find_element(By.TAG_NAME, "body").text)
        check(f"{title}: no empty table", not browser.find_elements(By.CSS_SELECTOR, "table, input"))


def several_leaks(browser):
    arguments = ["leaks", "two.txt", "--root", "sample"]
    browser.get(page("several.html", arguments))
    found = [record["tag"] for record in records(arguments) if record["type"] in ("leak", "suspect")]
    links = browser.find_elements(By.CSS_SELECTOR, "nav.contents a")
    check(f"several: {found} in the contents", len(found) == 2 and [link.text.split(",")[0] for link in links] == found)
    for link in links:
        target = link.get_attribute("href").rsplit("#", 1)[1]
        check(f"several: {target} is there", browser.find_elements(By.ID, target))
    times = [text for text in browser.execute_script("return [...document.querySelectorAll('#leak1 svg.chart text')].map(t => t.textContent)") if ":" in text or "-" in text]
    check(f"several: the chart tells the time of day, {times}", times[:2] == ["11-21", "03:00"])
    copies(browser, "several")
    fits(browser, "leaks-several")
    nothing_came_alive(browser, "several")
    picture(browser, "several")


def prepare():
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(os.path.join(source, "data/sample"), os.path.join(work, "sample"))
    shutil.move(os.path.join(work, "sample/logs"), os.path.join(work, "logs"))
    shutil.copy(os.path.join(os.path.dirname(work), "hostile.sys"), os.path.join(work, "sample/Windows/System32/drivers"))
    with open(os.path.join(work, "many.txt"), "w") as out:
        for i in range(12):
            out.write(f"===== 2026-11-21 {i:02}:00:00 =====\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n"
                      f" Leak  Nonp {1000 + 100 * i} 0 {1000 + 100 * i} {104000 + 10400 * i} 104\n Fine Paged {1000 + i} {990 + i} 10 640 64\n\n")
    with open(os.path.join(work, "two.txt"), "w") as out:
        for i in range(12):
            out.write(f"===== 2026-11-21 {2 * i:02}:00:00 =====\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n"
                      f" Leak  Nonp {1000 + 100 * i} 0 {1000 + 100 * i} {104000 + 10400 * i} 104\n Drip Paged {5000 + 90 * i} 0 {5000 + 90 * i} {640000 + 11520 * i} 128\n\n")
    with open(os.path.join(work, "pools.csv"), "w") as out:
        out.write('"(PDH-CSV 4.0) (UTC)(0)","\\\\HOST\\Memory\\Pool Nonpaged Bytes","\\\\HOST\\Memory\\Pool Paged Bytes"\n')
        for i in range(24):
            out.write(f'"11/21/2026 {i:02}:00:00.000","{900000000 + 31000000 * i}","{400000000 + 1000 * (i % 3)}"\n')
    os.mkdir(os.path.join(work, "clean"))
    shutil.copy(os.path.join(work, "sample/Windows/System32/drivers/fltsample.sys"), os.path.join(work, "clean"))
    os.mkdir(os.path.join(work, "mentions"))
    with open(os.path.join(source, "data/sample/Windows/System32/drivers/fltsample.sys"), "rb") as image:
        content = image.read()
    for name in ("talks.sys", "talks_too.sys"):
        with open(os.path.join(work, "mentions", name), "wb") as out:
            out.write(content + f" Zqxj and Devi in {name}".encode())
    os.mkdir(os.path.join(work, "named"))
    shutil.copy(os.path.join(work, "sample/Windows/System32/drivers/hostile.sys"), os.path.join(work, "named", EVIL + ".sys"))
    with open(os.path.join(work, "evil-tags.txt"), "w") as out:
        out.write("Leak - " + EVIL + ".sys - a list by a stranger\nDcoy - " + EVIL + ".sys - another tag of it\n")
    with open(os.path.join(work, "logs/evil.txt"), "w") as out:
        out.write("===== 2026-11-20 11:00:15 =====\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n"
                  " Leak  Nonp    386217       117    386100 401544000       1040        "
                  "[<img src=x onerror=window.hacked=1>]\n <b>X  Nonp         1         0       1      16         16\n"
                  " \"><s  Nonp         1         0       1      16\n")


os.makedirs(os.path.dirname(work), exist_ok=True)
prepare()
chromium = start()
try:
    leaks(chromium)
    certain_and_suspected(chromium)
    several_leaks(chromium)
    whole_pools(chromium)
    locate(chromium)
    headlines(chromium)
    survey(chromium)
    check_and_baseline(chromium)
    nothing_to_show(chromium)
    large_pages(chromium)
    same_in_both_forms(chromium)
finally:
    chromium.quit()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or passed < 300 else 0)
