"""Factors of items by alternating least squares over implicit feedback, on Spark.

Arguments: a Parquet file of pairs (user: int, item: string), a folder that isn't there yet, and parameters as JSON
(width, unobserved, lambda, rounds). Below the folder: `factors`, one JSON list [item, [numbers]] a line, and `summary`,
one JSON object. train-als.ts does the same on one machine.
"""

import json
import sys

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession
from pyspark.sql.functions import lit

# The same rows give the same factors.
SEED = 20261130


def main(pairs: str, output: str, given: str) -> None:
    parameters = json.loads(given)
    spark = SparkSession.builder.appName("recommender/train-als").getOrCreate()
    context = spark.sparkContext
    touched = spark.read.parquet(pairs).distinct()
    numbered = touched.select("item").distinct().rdd.map(lambda row: row["item"]).sortBy(lambda item: item).zipWithIndex()
    items = spark.createDataFrame(numbered.map(lambda pair: (pair[0], pair[1])), "item string, number int").cache()
    # A pair without a touch weighs 1 here, and one with it 1 + alpha: what the others have as 1 beside `unobserved`.
    als = ALS(
        rank=parameters["width"],
        maxIter=parameters["rounds"],
        regParam=parameters["lambda"] / parameters["unobserved"],
        alpha=1 / parameters["unobserved"],
        implicitPrefs=True,
        userCol="user",
        itemCol="number",
        ratingCol="weight",
        seed=SEED,
    )
    model = als.fit(touched.join(items, "item").withColumn("weight", lit(1.0)))
    factors = model.itemFactors.join(items, model.itemFactors["id"] == items["number"]).select("item", "features")
    lines = factors.rdd.map(lambda row: json.dumps([row["item"], list(row["features"])], ensure_ascii=False))
    lines.saveAsTextFile(f"{output}/factors")
    summary = {"engine": "spark", "version": spark.version, "items": items.count()}
    context.parallelize([json.dumps(summary)], 1).saveAsTextFile(f"{output}/summary")
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])
