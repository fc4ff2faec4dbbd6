"""What common errors mean and what to try, by the error's name and a pattern of its text."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """An error that is understood: both patterns must fit, the first such one counts."""

    name: str
    text: str
    advice: str


KNOWN = (
    Known(
        "KeyError",
        r"",
        "There is no such key. For a data frame, `df.columns.tolist()` shows the exact column "
        "names: look for spaces and upper case. For a dictionary, `d.get(key)` gives `None` "
        "instead of this error.",
    ),
    Known(
        "IndexError",
        r"out of (range|bounds)",
        "The position is beyond the end: the first element is `0` and the last is `len(x) - "
        "1`, or `-1`. Look at `len(x)` or `x.shape`.",
    ),
    Known(
        "ValueError",
        r"truth value of .* is ambiguous",
        "A whole column or array is neither true nor false. Combine conditions with `&`, `|` "
        "and `~`, each in brackets, or say `.any()`/`.all()`.",
    ),
    Known(
        "ValueError",
        r"could not be broadcast|shapes .* not aligned|mismatch in its core dimension",
        "The shapes do not fit together. Print `a.shape` and `b.shape`; lengths must be equal "
        "or 1, counted from the last axis. `.T`, `.reshape(-1, 1)` or `[:, None]` turn a "
        "vector.",
    ),
    Known(
        "ValueError",
        r"could not convert string to float|invalid literal for int",
        "A text is no plain number: look for spaces, commas, units or empty cells. "
        "`pd.to_numeric(s, errors='coerce')` turns what cannot be read into NaN.",
    ),
    Known(
        "ValueError",
        r"contains NaN|Input .* contains",
        "The model does not take missing values. See where they are with `df.isna().sum()`, "
        "then use `dropna`, `fillna` or `SimpleImputer`.",
    ),
    Known(
        "ValueError",
        r"Expected 2D array",
        "The model wants a table of samples by features: use `x.reshape(-1, 1)` for one "
        "feature, or `df[['column']]` with two brackets.",
    ),
    Known(
        "ValueError",
        r"must have same first dimension|same size|Length of values|inconsistent numbers",
        "Two things that belong together have different lengths: compare `len()` of both.",
    ),
    Known(
        "ValueError",
        r"unpack",
        "The number of names left of `=` is not the number of values right.",
    ),
    Known(
        "TypeError",
        r"'NoneType' object",
        "A value is `None` where something else is needed: the step before it returned nothing.",
    ),
    Known(
        "TypeError",
        r"not callable",
        "Something that is no function is called with `(...)`. Often a variable has taken a "
        "function's name, such as `list`, `sum` or `max`: `del` it.",
    ),
    Known(
        "TypeError",
        r"not subscriptable",
        "`[...]` is used on something that has no elements. A method may be missing its "
        "brackets: `df.head()[...]`, not `df.head[...]`.",
    ),
    Known(
        "TypeError",
        r"unsupported operand|can only concatenate|must be str",
        "Two types do not go together here, mostly a text and a number: convert with `int()`, "
        "`float()` or `str()`.",
    ),
    Known(
        "TypeError",
        r"missing \d+ required|takes \d+ positional",
        "The number of arguments is not what the function wants; `/docs` with its name shows them.",
    ),
    Known(
        "FileNotFoundError",
        r"",
        "There is no such file from where the kernel runs. `%pwd` shows the folder, `%ls` "
        "what is in it; use a full path if it is elsewhere.",
    ),
    Known(
        "PermissionError",
        r"",
        "The file or folder may not be opened: it belongs to somebody else, or another "
        "program has it open.",
    ),
    Known(
        "UnicodeDecodeError",
        r"",
        "The file is not in that encoding. Try `encoding='latin-1'` or `encoding='utf-8-sig'`.",
    ),
    Known(
        "ParserError",
        r"",
        "The lines have different numbers of fields. Look at the file's first lines, then set "
        "`sep=`, `skiprows=` or `on_bad_lines='skip'`.",
    ),
    Known(
        "ZeroDivisionError",
        r"",
        "Something is divided by zero: test the divisor first.",
    ),
    Known(
        "MemoryError",
        r"",
        "There is not enough memory. Read fewer columns (`usecols=`), smaller types "
        "(`dtype=`), or in pieces (`chunksize=`); restart the kernel to free what it holds.",
    ),
    Known(
        "IndentationError",
        r"",
        "The spaces before the line do not fit: use four for each level and no tabs.",
    ),
    Known(
        "SyntaxError",
        r"never closed|EOF",
        "A bracket or quote is not closed, often on the line before the one that is shown.",
    ),
    Known(
        "SyntaxError",
        r"",
        "Python cannot read the line: look for a missing `:`, comma or bracket, also on the "
        "line before, and for `=` where `==` is meant.",
    ),
    Known(
        "SettingWithCopyWarning",
        r"",
        "A part of a data frame was changed, perhaps not in the original. Write `df.loc[rows, "
        "'column'] = value`, or take a `.copy()` first.",
    ),
    Known(
        "RecursionError",
        r"",
        "A function calls itself without end: test the case where it must stop.",
    ),
    Known(
        "AssertionError",
        r"",
        "A condition after `assert` is false; the text says which.",
    ),
    Known(
        "ConnectionError|URLError|SSLError|Timeout(Error|Exception)",
        r"",
        "The address could not be reached: check the network, the address, and whether a "
        "proxy is needed.",
    ),
    Known(
        "ConvergenceWarning",
        r"",
        "The model stopped before it settled: raise `max_iter=`, or scale the features first "
        "with `StandardScaler`.",
    ),
)
