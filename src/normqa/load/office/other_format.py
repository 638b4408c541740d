"""Recognise files that office programs write, but that are no ZIP files."""

_OLE = b"\xd0\xcf\x11\xe0"
_OLE_STREAMS = {
    "EncryptedPackage": "it is encrypted; save it again without a password",
    "WordDocument": "it is in the Word format from before 2007; save it as .docx",
    "PowerPoint Document": "it is in the PowerPoint format from before 2007; save it as .pptx",
    "Workbook": "it is a spreadsheet, which is not read",
}


def other_format(raw: bytes) -> str | None:
    """Return what a file is instead of an office file that can be read, and what to do; None if unknown."""
    if not raw.strip(b"\0 \t\r\n"):
        return "it is empty"
    if raw.startswith(_OLE):
        for name, reason in _OLE_STREAMS.items():
            if name.encode("utf-16-le") in raw:
                return reason
        return "it is encrypted, or in a format from before 2007; save it again without a password"
    start = raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{\\rtf"):
        return "it is in the RTF format; save it as .docx or .odt"
    if start.startswith(b"<?xml"):
        return "it is a single XML file; save it as .docx or .odt"
    return None
