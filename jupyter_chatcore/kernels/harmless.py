"""What of a value may be read without running anybody's code; it runs in the user's kernel.

Only types that are known to be harmless are read, and they are known by what they are and
not by what they say: a class may lie about its module, and an object about its class. So
nothing here calls `isinstance`, `repr`, `len` or `getattr` on what is not known already.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import itertools
import pathlib
import re
import sys
import types
import uuid
import zoneinfo
from collections.abc import Iterable, Iterator
from typing import Any

SECRET = re.compile(
    r"(?i)(api_?key|secret|passw|passphrase|credential|private|(^|_)(auth|token|key|pwd)s?($|_))"
)
LIBRARIES = (
    *("geopandas", "lightgbm", "numpy", "pandas", "polars", "scipy", "sklearn", "statsmodels"),
    *("torch", "xgboost"),
)
STRING, ITEMS, DEPTH, BITS = 400, 20, 3, 4096
HIDDEN = "(hidden)"
# What describes itself in a few characters, and has nothing of the user's in it.
SIMPLE: tuple[type, ...] = (
    *(bool, float, complex, type(None), type(...), type(NotImplemented)),
    *(datetime.date, datetime.timedelta, datetime.timezone, zoneinfo.ZoneInfo, uuid.UUID),
    *(pathlib.PurePosixPath, pathlib.PureWindowsPath, pathlib.PosixPath, pathlib.WindowsPath),
)
BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    collections.deque: ("deque([", "])"),
}
_NUMBERS = ("number", "bool", "bool_", "datetime64")
MAPPINGS = (dict, collections.OrderedDict, collections.defaultdict, collections.Counter)
_MODULE, _QUALNAME, _BASES, _NAMESPACE = (
    type.__dict__[name] for name in ("__module__", "__qualname__", "__mro__", "__dict__")
)


def module_of(kind: type) -> str:
    """The module that a class says it is from."""
    said = _MODULE.__get__(kind)
    return said if type(said) is str else ""


def qualname_of(kind: type) -> str:
    """The name of a class; a metaclass is not asked."""
    return str(_QUALNAME.__get__(kind))


def namespace_of(kind: type) -> types.MappingProxyType[str, Any]:
    """What is defined in a class itself."""
    space: types.MappingProxyType[str, Any] = _NAMESPACE.__get__(kind)
    return space


def bases_of(kind: type) -> tuple[type, ...]:
    """The class and those it inherits from."""
    bases: tuple[type, ...] = _BASES.__get__(kind)
    return bases


def among(kind: type, kinds: Iterable[type]) -> bool:
    """Whether it is one of them; a metaclass may have its own idea of what is equal."""
    return any(kind is one for one in kinds)


def type_of(value: Any) -> str:
    """The name of its class, with the module where that tells something."""
    module, name = module_of(type(value)), qualname_of(type(value))
    return name if module in ("builtins", "__main__", "") else f"{module}.{name}"


def defined_in(module: str, name: str) -> Any:
    """What a module that is loaded has under a name; nothing is imported for that."""
    loaded = sys.modules.get(module)
    return vars(loaded).get(name) if type(loaded) is types.ModuleType else None


def is_a(value: Any, module: str, *names: str) -> bool:
    """Whether its class is one of these of a library, and not derived from one."""
    return any(defined_in(module, name) is type(value) for name in names)


def genuine(kind: type, roots: Iterable[str] = LIBRARIES) -> bool:
    """Whether the library that a class says it is from does have it."""
    module = module_of(kind)
    return module.partition(".")[0] in roots and defined_in(module, qualname_of(kind)) is kind


def derived(value: Any, module: str, name: str) -> bool:
    """Whether its class inherits from this one of a library."""
    base = defined_in(module, name)
    return base is not None and any(one is base for one in bases_of(type(value)))


def inside(value: Any) -> Iterator[tuple[str, Any]]:
    """The attributes that an object keeps, as the interpreter has them."""
    for base in bases_of(type(value)):
        for name, kept in list(namespace_of(base).items()):
            if type(name) is not str:
                continue
            if name == "__dict__" and type(kept) is types.GetSetDescriptorType:
                for key, inner in list(dict.items(kept.__get__(value))):
                    if type(key) is str:
                        yield key, inner
            elif type(kept) is types.MemberDescriptorType and name.isidentifier():
                try:
                    yield name, kept.__get__(value)
                except AttributeError:  # a slot that holds nothing
                    continue


def known_zone(zone: Any) -> bool:
    """Whether a time zone is nobody's own: a time asks it for its offset."""
    known = (type(None), datetime.timezone, zoneinfo.ZoneInfo)
    return among(type(zone), known) or genuine(type(zone), ("pytz", "dateutil"))


def secret(name: Any) -> bool:
    """Whether what has this name may be a secret."""
    return type(name) is str and SECRET.search(name) is not None


def told(value: Any, depth: int = DEPTH) -> str:
    """A value in a few characters; of what is not known to be harmless, its type."""
    kind = type(value)
    if kind is str or is_a(value, "numpy", "str_"):
        return _quoted(str.__getitem__(value, slice(STRING + 1)), str.__len__(value))
    if kind is bytes or kind is bytearray:
        return _quoted(bytes(value[: STRING + 1]), len(value))
    if kind is int:
        return str(value) if value.bit_length() < BITS else f"<int of {value.bit_length()} bits>"
    if among(kind, BRACKETS):
        return _sequence(value, depth)
    if among(kind, MAPPINGS):
        return _mapping(value, depth)
    return repr(value) if harmless(value) else f"<{type_of(value)}>"


def harmless(value: Any) -> bool:
    """Whether it may be asked to describe itself."""
    kind = type(value)
    if among(kind, (datetime.datetime, datetime.time)) or is_a(value, "pandas", "Timestamp"):
        return known_zone(value.tzinfo)
    if among(kind, (decimal.Decimal, fractions.Fraction, range)):
        return _is_short(value)
    missing = type(defined_in("pandas", "NA")), type(defined_in("pandas", "NaT"))
    simple = among(kind, (*SIMPLE, *missing)) or is_a(value, "pandas", "Timedelta")
    return simple or _number_of_numpy(value)


def plain(value: Any) -> str:
    """A value as it stands in a table, where a text needs no quotes."""
    return value if type(value) is str else told(value, 1)


def _is_short(value: Any) -> bool:
    """Whether a number or range has so few digits that it can be shown."""
    if type(value) is decimal.Decimal:
        return len(value.as_tuple().digits) <= STRING
    if type(value) is fractions.Fraction:
        parts = [value.numerator, value.denominator]
    else:
        parts = [value.start, value.stop, value.step]
    return all(type(part) is int and part.bit_length() < BITS for part in parts)


def _number_of_numpy(value: Any) -> bool:
    known = any(derived(value, "numpy", name) for name in _NUMBERS)
    return known and module_of(type(value)) == "numpy" and genuine(type(value))


def _quoted(start: Any, length: int) -> str:
    more = f"… ({length} in all)" if length > STRING else ""
    return repr(start[:STRING]) + more


def _sequence(value: Any, depth: int) -> str:
    opening, closing = BRACKETS[type(value)]
    first = list(itertools.islice(value, ITEMS)) if depth else []
    parts = [told(item, depth - 1) for item in first]
    if len(value) > len(first):
        parts.append("…")
    lone = "," if type(value) is tuple and len(value) == 1 else ""
    return f"{opening}{', '.join(parts)}{lone}{closing}"


def _mapping(value: Any, depth: int) -> str:
    # dict's own views: the keys are never hashed, compared or put in order
    first = list(itertools.islice(dict.items(value), ITEMS)) if depth else []
    parts = [
        f"{told(key, depth - 1)}: {HIDDEN if secret(key) else told(inner, depth - 1)}"
        for key, inner in first
    ]
    if len(value) > len(first):
        parts.append("…")
    return "{" + ", ".join(parts) + "}"
