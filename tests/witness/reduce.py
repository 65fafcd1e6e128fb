"""Makes a failing program small: leaves out parts, then makes choices simpler, as long as it still fails the same way."""
import judge
import render

# Each step builds and runs once; a reduction that takes longer is good enough as it is.
STEPS = 40


def reduced(bench, program, build, pair):
    path = bench.compilers.work / 'reduce' / 'step.sys'
    left = [STEPS]

    def fails(items):
        if not items or left[0] <= 0:
            return False
        left[0] -= 1
        pairs = judge.one(bench, render.Program(items), build, path)
        return pairs is not None and pair in pairs

    items = _fewer_parts(list(program.items), fails, pair)
    return render.Program(_simpler_choices(items, fails))


def _fewer_parts(items, fails, pair):
    own = [item for item in items if item[0] == pair[0]]
    for item in own:
        if fails([item]):
            return [item]
    at = 0
    while at < len(items):
        fewer = items[:at] + items[at + 1:]
        if fails(fewer):
            items = fewer
        else:
            at += 1
    return items


def _simpler_choices(items, fails):
    for number, (name, choices) in enumerate(items):
        simplest = items[:number] + [(name, [0] * len(choices))] + items[number + 1:]
        if fails(simplest):
            items = simplest
            continue
        for at in range(len(choices)):
            for value in {0, choices[at] // 2}:
                if value >= choices[at]:
                    continue
                changed = list(items)
                changed[number] = (name, choices[:at] + [value] + choices[at + 1:])
                if fails(changed):
                    items, choices = changed, changed[number][1]
                    break
    return items
