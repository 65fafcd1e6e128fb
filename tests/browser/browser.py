"""The HTML report in a real Chromium:  browser.py POOLWHO SOURCE WORK [SCREENSHOTS]

Counts rows against NDJSON's records, sorts, filters and unfolds with mouse and keyboard, looks for errors on the
console, and for markup out of logs and version resources that came alive. Prints one line a check; exit 1 if one fails.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

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
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        browser.set_window_size(1180, min(height + 140, 6000))
        browser.save_screenshot(os.path.join(screenshots, f"{name}-{scheme}.png"))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def counts_agree(browser, name, wanted):
    for kind, number in wanted.items():
        check(f"{name}: {count(browser, kind)} rows {kind}, NDJSON has {number}", count(browser, kind) == number)


def nothing_came_alive(browser, name):
    check(f"{name}: no element from outside", not browser.find_elements(By.CSS_SELECTOR, "img, iframe, object, embed, link[rel=stylesheet]"))
    check(f"{name}: one script, ours", len(browser.find_elements(By.TAG_NAME, "script")) == 1)
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
    details = browser.find_elements(By.CSS_SELECTOR, "[data-row=candidate] details, [data-row=driver] details")
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
    shown = " ".join(browser.find_element(By.TAG_NAME, "body").text.split())
    for words in found[0]["reasons"] + [step[key] for step in found[0]["next_steps"] for key in ("text", "command") if key in step]:
        check(f"leaks: the page says {words}", " ".join(words.split()) in shown)
    check("leaks: the log's markup is text", "<img src=x onerror=" in browser.find_element(By.TAG_NAME, "body").text)
    check(f"leaks: the title names the tag, {browser.title}", "'Leak' keeps growing" in browser.title)
    unfolding(browser, "leaks")
    sorting(browser, "leaks", "growth", 3)
    sorting(browser, "leaks", "candidates1", 1)
    sorting(browser, "leaks", "candidates1", 3)
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


def locate(browser):
    arguments = ["Leak", "--root", "sample", "--all"]
    browser.get(page("locate.html", arguments))
    all_records = records(arguments)
    counts_agree(browser, "locate", {kind: sum(record["type"] == kind for record in all_records) for kind in ("candidate", "listed", "error")})
    # Version resources are written by strangers.
    check("locate: a company's markup is text", "<img src=x onerror=" in browser.find_element(By.TAG_NAME, "body").text)
    unfolding(browser, "locate")
    sorting(browser, "locate", "candidates", 3)
    button = browser.find_element(By.CSS_SELECTOR, "button[data-unfold]")
    button.click()
    check("locate: everything unfolds", all(part.get_attribute("open") for part in browser.find_elements(By.TAG_NAME, "details")))
    button.click()
    search = browser.find_element(By.CSS_SELECTOR, "input[type=search]")
    search.send_keys("decoy.sys")
    shown = [body for body in browser.find_elements(By.CSS_SELECTOR, "[data-row=candidate]") if body.is_displayed()]
    check("locate: the filter leaves one", len(shown) == 1)
    search.send_keys(Keys.CONTROL, "a")
    search.send_keys(Keys.DELETE)
    nothing_came_alive(browser, "locate")
    picture(browser, "locate")


def survey(browser):
    arguments = ["survey", "sample"]
    browser.get(page("survey.html", arguments))
    all_records = records(arguments)
    counts_agree(browser, "survey", {kind: sum(record["type"] == kind for record in all_records) for kind in ("driver", "use", "copy", "error")})
    sorting(browser, "survey", "survey", 0)
    sorting(browser, "survey", "survey", 4)
    unfolding(browser, "survey")
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
            wanted = [record["path"], record["code"], record["tag"] or "", record.get("text") or record.get("after") or record["before"]]
            check(f"{name}: {wanted} in {row!r}", all(part in row for part in wanted))
        check(f"{name}: a file name's markup is text", EVIL + ".sys" in browser.find_element(By.TAG_NAME, "body").text)
        if name == "check":
            check("check: a list's markup is text", "lists the tag for " + EVIL in browser.find_element(By.TAG_NAME, "body").text)
        for column in columns:
            sorting(browser, name, "survey", column)
        nothing_came_alive(browser, name)
        picture(browser, name)


def prepare():
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(os.path.join(source, "data/sample"), os.path.join(work, "sample"))
    shutil.move(os.path.join(work, "sample/logs"), os.path.join(work, "logs"))
    shutil.copy(os.path.join(os.path.dirname(work), "hostile.sys"), os.path.join(work, "sample/Windows/System32/drivers"))
    with open(os.path.join(work, "many.txt"), "w") as out:
        for i in range(12):
            out.write(f"===== 2026-11-21 {i:02}:00:00 =====\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n"
                      f" Leak  Nonp {1000 + 100 * i} 0 {1000 + 100 * i} {104000 + 10400 * i} 104\n Fine Paged {1000 + i} {990 + i} 10 640 64\n\n")
    os.mkdir(os.path.join(work, "named"))
    shutil.copy(os.path.join(work, "sample/Windows/System32/drivers/hostile.sys"), os.path.join(work, "named", EVIL + ".sys"))
    with open(os.path.join(work, "evil-tags.txt"), "w") as out:
        out.write("Leak - " + EVIL + ".sys - a list by a stranger\n")
    with open(os.path.join(work, "logs/evil.txt"), "w") as out:
        out.write("===== 2026-11-21 09:00:00 =====\n Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc\n\n"
                  " Leak  Nonp    668000       117    667883 694598320       1040        "
                  "[<img src=x onerror=window.hacked=1>]\n <b>X  Nonp         1         0       1      16         16\n"
                  " \"><s  Nonp         1         0       1      16\n")


os.makedirs(os.path.dirname(work), exist_ok=True)
prepare()
chromium = start()
try:
    leaks(chromium)
    certain_and_suspected(chromium)
    locate(chromium)
    survey(chromium)
    check_and_baseline(chromium)
finally:
    chromium.quit()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or passed < 30 else 0)
