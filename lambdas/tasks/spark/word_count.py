"""Counts the words of a UTF-8 text on Spark, as `str.split()` has them.

Arguments: the text (s3://...), and a folder that isn't there yet. Below it: `counts`, one JSON list [word, count] a
line, and `summary`, one JSON object. word-count.ts does the same on one machine.
"""

import json
import sys

from pyspark.sql import SparkSession


def main(text: str, output: str) -> None:
    spark = SparkSession.builder.appName("tasks/word-count").getOrCreate()
    context = spark.sparkContext
    counts = (
        context.textFile(text)
        .flatMap(str.split)
        .map(lambda word: (word, 1))
        .reduceByKey(lambda one, other: one + other)
        .cache()
    )
    counts.map(lambda pair: json.dumps(pair, ensure_ascii=False)).saveAsTextFile(f"{output}/counts")
    summary = {
        "engine": "spark",
        "version": spark.version,
        "words": counts.values().sum(),
        "distinct": counts.count(),
    }
    context.parallelize([json.dumps(summary)], 1).saveAsTextFile(f"{output}/summary")
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
