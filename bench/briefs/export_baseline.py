"""The same export as it is written in Python: jieba, openpyxl, wordcloud, zipfile.

    python export_baseline.py <folder with {platform}.jsonl> <font.ttf>

It is the straightforward way, and no slower than need be: texts are cut once, words are counted by Counter, the workbook
is appended row by row with links and times as such, the clouds get the counts that are there. The sheets have the columns
of export/columns.ts for the most part, and there are as many pictures of the same sizes and words. Prints seconds by the
clock and of the processor, from the first line read to the zip, and the most memory that the process had.
"""

import json
import re
import resource
import sys
import time
import zipfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import jieba
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, PieChart, Reference
from openpyxl.styles import Font
from wordcloud import WordCloud

PLATFORMS = ["weixin", "weibo", "redbook", "bili", "douyin"]
LINKS = {"url", "user_url", "cover_url"}
COLUMNS = {
    "weixin": "title content post_time url read like comment user_name user_id user_fans interaction",
    "weibo": "user_url user_id user_name user_fans user_following user_posts url content post_time like comment share interaction is_repost",
    "redbook": "user_url user_name user_fans user_fans_level url note_type title content post_time like comment collect share interaction interaction_per score",
    "bili": "url title content cover_url play danmu collect comment coin like share interaction duration_seconds post_time user_name user_id user_url user_following user_fans",
    "douyin": "title url content like download share comment post_time user_id user_name user_url user_fans interaction",
}
NOISE = re.compile(r"https?://[\w./?=&%#~:@!$*+,;'-]+|@\w{1,30}|\[[^\[\]\s]{1,8}\]")
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
WORD = re.compile(r"\w")
NUMBER = re.compile(r"^[\d.,%年月日]+$")
STOP = set("我们 你们 他们 这个 那个 一个 没有 什么 怎么 就是 但是 因为 所以 可以 非常 今天 真的 觉得 the and for you".split())
LINK_FONT = Font(color="0563C1", underline="single")


def cell_of(value):
    if isinstance(value, str):
        value = ILLEGAL.sub("", value)
        return value if len(value) <= 32767 else value[:32760]
    return value


def main(folder: Path, font: str) -> None:
    words = {name: Counter() for name in PLATFORMS}
    tags = {name: Counter() for name in PLATFORMS}
    levels, days, accounts = {}, Counter(), Counter()
    book = Workbook()
    book.remove(book.active)
    for name in PLATFORMS:
        sheet = book.create_sheet(name)
        columns = COLUMNS[name].split()
        sheet.append([*columns, "keywords"])
        for row, line in enumerate(open(folder / f"{name}.jsonl", encoding="utf-8"), start=2):
            article = json.loads(line)
            text = NOISE.sub(" ", f"{article['title'] or ''}\n{article['content'] or ''}")
            telling = [w for w in jieba.cut(text) if len(w) > 1 and WORD.search(w) and not NUMBER.match(w) and w not in STOP]
            words[name].update(telling)
            tags[name].update(set(article["tags"]))
            posted = datetime.fromisoformat(article["post_time"].replace("Z", "")) + timedelta(hours=8)
            article["post_time"] = posted.replace(microsecond=0)
            days[posted.date()] += 1
            accounts[(name, article["user_name"])] += 1
            levels.setdefault(article["user_fans_level"], set()).add((name, article["user_id"]))
            sheet.append([*(cell_of(article[column]) for column in columns), "、".join(article["keywords"])])
            for place, column in enumerate(columns, start=1):
                if column in LINKS and article[column]:
                    cell = sheet.cell(row=row, column=place)
                    cell.hyperlink = article[column]
                    cell.font = LINK_FONT
    book.save(folder / "py-keyword.xlsx")
    analysis(folder, levels, days, accounts, sum(words.values(), Counter()), sum(tags.values(), Counter()))
    made = ["py-keyword.xlsx", "py-keyword_analysis.xlsx"]
    for kind, counts in (("content", words), ("topic", tags)):
        made.append(cloud(folder, font, f"py-{kind}_wc.png", sum(counts.values(), Counter()), 1200, 750, 200))
        for name in PLATFORMS:
            cloud(folder, font, f"py-{name}_{kind}.png", counts[name], 800, 500, 100)
    with zipfile.ZipFile(folder / "py.zip", "w", zipfile.ZIP_STORED) as archive:
        for file in (*made[:2], "py-content_wc.png", "py-topic_wc.png"):
            archive.write(folder / file, f"stage/{file}")


def analysis(folder, levels, days, accounts, words, tags):
    book = Workbook()
    book.remove(book.active)
    sheets = [
        ("kol级别分布", sorted((level, len(users)) for level, users in levels.items()), PieChart),
        ("发文趋势", [(day.isoformat(), count) for day, count in sorted(days.items())], LineChart),
        ("发文频次", [(name, count) for (_, name), count in accounts.most_common()], BarChart),
        ("内容词频", words.most_common(500), BarChart),
        ("标签词频", tags.most_common(500), BarChart),
    ]
    for title, rows, kind in sheets:
        sheet = book.create_sheet(title)
        sheet.append(["name", "count"])
        for row in rows:
            sheet.append([cell_of(value) for value in row])
        chart = kind()
        last = min(len(rows), 30) + 1
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=last), titles_from_data=True)
        chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
        sheet.add_chart(chart, "D2")
    book.save(folder / "py-keyword_analysis.xlsx")


def cloud(folder, font, file, counts, width, height, most):
    picture = WordCloud(font_path=font, width=width, height=height, background_color="white", max_words=most, random_state=1)
    picture.generate_from_frequencies(dict(counts.most_common(most))).to_file(folder / file)
    return file


if __name__ == "__main__":
    began, used = time.perf_counter(), time.process_time()
    main(Path(sys.argv[1]), sys.argv[2])
    took = {"wall": time.perf_counter() - began, "processor": time.process_time() - used}
    print(json.dumps({"took": [took], "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
