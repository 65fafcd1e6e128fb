#!/usr/bin/env python3
"""The pictures of the leaks page in the README.   page.py POOLWHO SOURCE

Writes data/leaks_light.webp and data/leaks_dark.webp: the top of the page that `poolwho leaks data/sample/logs --root
data/sample` makes, in a real Chromium. Run by hand when the page changes; pixels of two machines differ, so no test compares them.
"""
import base64
import os
import shutil
import subprocess
import sys
import tempfile

from selenium import webdriver

WIDTH, HEIGHT, QUALITY = 1000, 845, 82


def main():
    poolwho, source = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
    with tempfile.TemporaryDirectory() as work:
        page = os.path.join(work, 'leak.html')
        subprocess.run([poolwho, 'leaks', 'data/sample/logs', '--root', 'data/sample', '-q', '-o', page], cwd=source, check=True)
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which('chromium')
        for flag in ('headless', 'no-sandbox', 'disable-gpu', 'disable-dev-shm-usage', 'no-first-run', 'disable-background-networking',
                     'hide-scrollbars', 'user-data-dir=' + os.path.join(work, 'profile')):
            options.add_argument('--' + flag)
        browser = webdriver.Chrome(service=webdriver.chrome.service.Service(shutil.which('chromedriver')), options=options)
        try:
            browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride',
                                    {'width': WIDTH, 'height': HEIGHT, 'deviceScaleFactor': 1.5, 'mobile': False})
            for scheme in ('light', 'dark'):
                browser.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})
                browser.get('file://' + page)
                shot = browser.execute_cdp_cmd('Page.captureScreenshot', {'format': 'webp', 'quality': QUALITY})
                with open(os.path.join(source, 'data', f'leaks_{scheme}.webp'), 'wb') as file:
                    file.write(base64.b64decode(shot['data']))
        finally:
            browser.quit()


if __name__ == '__main__':
    sys.exit(main())
