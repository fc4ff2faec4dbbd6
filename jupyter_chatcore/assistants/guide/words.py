"""A question in plain words -> the concepts to look for, each with words that mean the same."""

from __future__ import annotations

import re
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:_\w+)?")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SYNONYM = 0.75
"""What a synonym counts against the word itself."""

_STOP = """
    a about again all also am an and any are as at be been best but by call can cannot could did
    do does doing done down each easily easy every example examples explain first for from
    function functions get give given go good got had has have having help how i if in into is
    it its just know let like look made make makes making many may me meaning method more most
    much my need needs no not of off on one only or other our out over please possible python
    run should simple so some something such tell than that the their them then there these they
    thing this those through to too two up us use used using very want was way ways we were what
    when where whether which while who why will with within without work works would write you
    your
"""
STOP = frozenset(_STOP.split())

# each line: words that may stand for each other in a question about data
_SAME = """
drop remove delete discard exclude
duplicated drop_duplicates duplicate duplicates repeated
isna fillna dropna missing nan null na none
fill replace impute substitute
merge join combine
concat concatenate append stack combine
mean average
std deviation
var variance
median middle
max maximum largest biggest highest nlargest
min minimum smallest lowest nsmallest
argmax argmin position
groupby group grouped grouping per
value_counts count counts frequency often occurrences
unique distinct nunique
sort sort_values order sorted ordering
rename name label
query filter select where loc subset choose
pivot pivot_table reshape wide crosstab
melt unpivot long wide reshape
to_datetime date dates timestamp timestamps parse strptime datetime
resample monthly daily weekly frequency
rolling moving window
shift lag lead previous
corr correlation correlate pearsonr
read load open import
to save write export store
read_csv csv to_csv
read_excel excel xlsx to_excel spreadsheet
read_sql sql database
read_parquet parquet to_parquet
json loads dumps
apply map elementwise
astype convert cast type dtype
split explode separate divide
contains substring match
replace sub substitute
strip whitespace trim
sample choice pick
shuffle permutation
now current today
matrix matrices
seed reproducible default_rng
train_test_split split holdout
cross_val_score cross validation validate kfold
scale normalize normalise standardize standardise StandardScaler scaler
OneHotEncoder get_dummies dummy categorical encode onehot
LinearRegression regression linregress
LogisticRegression classifier classification
polyfit fit curve_fit curve
KMeans cluster clusters clustering
PCA dimension dimensionality reduction principal
confusion_matrix confusion
GridSearchCV hyperparameters tune tuning grid
hist histogram distribution
scatter scatterplot points
bar barplot bars barh
plot draw chart graph line
boxplot box
heatmap imshow
legend labels
savefig save image picture png
xlabel ylabel axis label
title heading caption
subplots subplot panels
twinx secondary
inv inverse invert
eig eigenvalues eigenvectors eigenvalue eigh
dot matmul multiply product
solve equations system linear
transpose swap
linspace evenly spaced
arange range
zeros empty blank
reshape shape dimensions
fft fourier frequency spectrum
interp interpolate interp1d interpolation between
quad integrate integral integration
minimize minimise optimize optimise optimization
root fsolve roots zero brentq
percentile quantile quantiles percentiles
cumsum cumulative running
diff difference change pct_change
clip limit bound cap
round digits decimals
ttest_ind ttest_rel ttest_1samp significance
mannwhitneyu nonparametric
norm normal gaussian
find_peaks peaks peak
sleep wait pause
perf_counter timing timeit timer duration elapsed measure
glob listdir files iterdir folder directory
exists exist
mkdir makedirs folder directory
copy duplicate clone
Counter count frequency
defaultdict default
urlopen download url http
findall regex pattern
ThreadPoolExecutor ProcessPoolExecutor parallel concurrently
set_option display rows columns
idxmax index
iterrows iterate loop itertuples
transform broadcast
dtype types
memory_usage memory
describe summary statistics
info overview
"""


_PHRASES = (
    (r"standard deviations?", "std"),
    (r"(moving|running|rolling) (average|mean)s?", "rolling mean"),
    (r"(cumulative|running) (total|sum)s?", "cumsum"),
    (r"t-?tests?|t tests?", "ttest_ind"),
    (r"k-?means|k means", "kmeans"),
    (r"side by side|next to each other|in a grid", "subplots"),
    (r"one-?hot( encod\w+)?|one hot( encod\w+)?", "onehotencoder"),
    (r"how long|how fast|run ?time|execution time", "timeit"),
    (r"in parallel|at the same time", "parallel"),
    (r"linear regression", "linearregression"),
    (r"logistic regression", "logisticregression"),
    (r"random forests?", "randomforestclassifier"),
    (r"decision trees?", "decisiontreeclassifier"),
    (r"evenly spaced|equally spaced", "linspace"),
    (r"cross-?validat\w+|cross validat\w+", "cross_val_score"),
    (r"confusion matrix", "confusion_matrix"),
    (r"(missing|empty|null|nan) (values?|data|cells?|entries|rows?)", "missing"),
    (r"time series", "timeseries"),
    (r"pivot tables?", "pivot_table"),
    (r"regular expressions?", "regex"),
    (r"straight line", "linear line"),
)
_PHRASE = tuple((re.compile(rf"\b({pattern})\b", re.I), word) for pattern, word in _PHRASES)
_WEAK_WORDS = """
    add array arrays calculate cell cells certain chart charts column columns compute create
    data dataframe dataframes df different element elements file files find first item items
    last list lists matplotlib new number numbers numpy object objects old pandas plot plots
    point points polars result results row rows same scipy seaborn series set several show
    sklearn table tables text three time times two value values variable variables
"""
_WEAK = frozenset(_WEAK_WORDS.split())
WEAK = 0.45
"""What a word counts that is in every other question."""


class Concept(NamedTuple):
    """One idea of a question: words that mean it, with what each counts, and what it counts."""

    words: tuple[tuple[str, float], ...]
    weight: float


def _table() -> dict[str, set[str]]:
    same: dict[str, set[str]] = {}
    for line in _SAME.strip().splitlines():
        words = line.lower().split()
        for word in words:
            same.setdefault(word, set()).update(words)
    return same


_TABLE = _table()


def well_known(tail: str) -> bool:
    """Whether people ask for this function by the words above."""
    return tail.lower() in _TABLE


def in_words(name: str) -> str:
    """A dotted name as words: `pandas.DataFrame.drop_duplicates` can be found by `drop`."""
    tail = name.rpartition(".")[2]
    parts = [word for piece in name.split(".") for word in piece.split("_")]
    parts += [word for piece in name.split(".") for word in _CAMEL.split(piece)]
    return " ".join(dict.fromkeys([tail, *parts, *name.split(".")]))


def concepts(question: str, limit: int = 12) -> list[Concept]:
    """What a question is about, in its order, at most `limit` ideas."""
    found: dict[str, Concept] = {}
    for pattern, plainer in _PHRASE:
        question = pattern.sub(plainer, question)
    for word in _WORD.findall(question):
        lower = word.lower()
        if lower in STOP or lower in found or (len(lower) < 2 and not lower.isdigit()):
            continue
        found[lower] = Concept(((lower, 1.0), *_others(lower)), WEAK if lower in _WEAK else 1.0)
        if len(found) == limit:
            break
    return list(found.values())


def _others(word: str) -> list[tuple[str, float]]:
    singular = word[:-1] if word.endswith("s") and len(word) > 3 else word
    same = _TABLE.get(word, set()) | _TABLE.get(singular, set())
    return [(other, SYNONYM) for other in sorted(same - {word, singular})]


def plain(question: str) -> set[str]:
    """The lower-case words of a question, all of them."""
    return {word.lower() for word in _WORD.findall(question)}
