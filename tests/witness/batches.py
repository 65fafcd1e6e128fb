"""Hands drivers to worker processes in small batches; a driver that breaks the emulator costs that driver."""
import concurrent.futures
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BATCH = 16
# Not a measure of speed: a worker that hangs must end at some time.
PATIENCE_SECONDS = 300


def run_all(paths, data, functions, blocks, jobs=2):
    """Records of the workers, in the order of `paths`."""
    batches = [paths[i:i + BATCH] for i in range(0, len(paths), BATCH)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        command = [sys.executable, '-B', str(HERE / 'worker.py'), str(data), str(functions), str(blocks)]
        for records in pool.map(lambda batch: run_batch(batch, command), batches):
            yield from records


def run_batch(batch, command):
    records, left = [], list(batch)
    while left:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            out, errors = process.communicate('\n'.join(left) + '\n', timeout=PATIENCE_SECONDS)
            reason = f'the emulator ended with {process.returncode}'
        except subprocess.TimeoutExpired:
            process.kill()
            out, errors = process.communicate()
            reason = 'the emulator did not end'
        got = _complete(out)
        records += got
        left = left[len(got):]
        if left:
            if process.returncode == 1 and 'Traceback' in errors:
                raise RuntimeError(f'{left[0]}: {errors}')
            records.append(dict(path=left.pop(0), error=reason))
    return records


def _complete(out):
    records = []
    for line in out.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            break
        if 'path' in record:
            records.append(record)
    return records
