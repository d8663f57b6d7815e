# -*- coding: utf-8 -*-
"""Masks what looks like a secret in words for people. The engine has the same rules (``secret-shapes.ts``), and both read the vectors in ``tests/vectors/secrets.json``."""
from __future__ import absolute_import

import re

_MASK = r"\g<1>***"
_ASCII = getattr(re, "ASCII", 0)
_ANY_CASE = _ASCII | re.IGNORECASE

_SHAPES = (
    # GitHub, GitLab
    r"gh[pousr]_[A-Za-z0-9]{6,}",
    r"github_pat_\w{6,}",
    r"gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|imt)-[\w-]{6,}",
    # OpenAI, Anthropic and who took after them; Groq, Replicate, Tavily, NVIDIA
    r"sk-[\w-]{12,}",
    r"gsk_[A-Za-z0-9]{16,}",
    r"r8_[A-Za-z0-9]{16,}",
    r"tvly-[\w-]{12,}",
    r"nvapi-[\w-]{12,}",
    # Stripe, Slack, SendGrid
    r"[sr]k_(?:live|test)_[A-Za-z0-9]{6,}",
    r"xox[a-z]-[\w-]{6,}",
    r"xapp-[\w-]{6,}",
    r"SG\.[\w-]{12,}\.[\w-]{12,}",
    # AWS, Google, DigitalOcean
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}",
    r"AIza[\w-]{20,}",
    r"ya29\.[\w-]{12,}",
    r"dop_v1_[a-f0-9]{16,}",
    # Hugging Face, npm, PyPI, Docker, Databricks
    r"hf_[A-Za-z0-9]{12,}",
    r"npm_[A-Za-z0-9]{16,}",
    r"pypi-[\w-]{16,}",
    r"dckr_pat_[\w-]{6,}",
    r"dapi[a-f0-9]{32}",
    # JSON web tokens
    r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*",
)
_SHAPE = re.compile(r"(?<![\w-])()(?:%s)" % "|".join(_SHAPES), _ASCII)
_NAME = r"(?<![\w.-])[\w.-]*(?:secret|passw(?:or)?d|passphrase|token|(?:api|access|secret|private|account)[_.-]?key)"
_SCHEME = r"\b[a-z][a-z0-9+.-]{0,30}://"

_RULES = (
    re.compile(r"""(%s=)(?:"[^"\n]*"|'[^'\n]*'|[^\s"'&;,)]+)""" % _NAME, _ANY_CASE),
    # Passwords in addresses, and tokens in the place of a user's name; a colon may stand before a port, too.
    re.compile(r"""(%s[^\s:/@"']{0,200}:)(?!\d{1,5}(?:[/?#\s]|$))[^\s"'`<>]{1,300}(?=@)""" % _SCHEME, _ANY_CASE),
    re.compile(r"""(%s)[^\s:/@"']{20,300}(?=@)""" % _SCHEME, _ANY_CASE),
    re.compile(
        r"""([?&](?:sig|sign|signature|x-amz-signature|x-amz-security-token|x-goog-signature|token)=)[^\s"'&]+""", _ANY_CASE
    ),
    re.compile(r"(\bBearer +)[\w.~+/=-]+", _ASCII),
    re.compile(r"""(\bAuthorization["']?\s*[:=]\s*["']?(?:[A-Za-z][\w-]* +)?)[^\s"',}]+""", _ANY_CASE),
    re.compile(r"""(\bCookie: *)[^"'\n]+""", _ANY_CASE),
    _SHAPE,
)

_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_LINE = re.compile(r"""([+ -]?[ \t]*["']?)(?:[A-Za-z0-9+/=]{1,100}|[A-Za-z-]{1,30}: [^"']{1,200})(?:\\n)?["']?,?\r?$""")
_BLANK_LINE = re.compile(r"[+ -]?\s*$")


def mask_text(text):
    """:returns: the text with the same lines, what looks like a secret masked"""
    masked = _mask_private_keys(text)
    for rule in _RULES:
        masked = rule.sub(_MASK, masked)
    return masked


def _mask_private_keys(text):
    if "PRIVATE KEY" not in text:
        return text
    lines = []
    is_in_key = False
    for line in text.split("\n"):
        begins = _KEY_BEGINS.search(line)
        start = begins.end() if begins else 0
        if begins or is_in_key:
            end = line.find("-----END ", start)
            is_in_key = end < 0 and bool(begins or _KEY_LINE.match(line) or _BLANK_LINE.match(line))
            if begins and end != start and len(line.rstrip()) > start:
                line = line[:start] + "***" + (line[end:] if end >= 0 else "")
            elif not begins and is_in_key:
                line = _KEY_LINE.sub(_MASK, line)
        lines.append(line)
    return "\n".join(lines)
