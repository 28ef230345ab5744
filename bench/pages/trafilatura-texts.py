"""The articles that trafilatura finds in the pages of a folder, as JSON: {page: {text, ms}}. Needs `pip install trafilatura`."""
import gzip
import json
import pathlib
import sys
import time

import trafilatura

folder = pathlib.Path(sys.argv[1])
texts = {}
for page in json.loads((folder / "ground-truth.json").read_text("utf8")):
    html = gzip.decompress((folder / "html" / f"{page}.html.gz").read_bytes()).decode("utf8", "replace")
    began = time.perf_counter()
    text = trafilatura.extract(html, include_comments=False) or ""
    texts[page] = {"text": text, "ms": (time.perf_counter() - began) * 1000}
json.dump(texts, sys.stdout)
