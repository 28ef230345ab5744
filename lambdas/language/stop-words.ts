const chinese = `的 了 在 是 和 与 及 或 也 都 就 而 但 但是 因为 所以 如果 虽然 然而 并 并且 以及 不 没 没有 不是 不能 不会 不要 不可
可以 可能 能够 应该 必须 需要 已 已经 正在 将 将要 被 把 让 使 给 对 对于 关于 从 到 由 由于 向 往 于 为 为了 为何 为什么 什么 怎么 怎样 如何
谁 哪 哪些 哪个 这 这个 这些 这样 这里 那 那个 那些 那样 那里 我 我们 你 你们 他 他们 她 她们 它 它们 自己 大家 其 其他 其中 之 之一 之后 之前
以 以上 以下 以来 以后 以前 一个 一种 一些 一样 一下 一次 一直 一定 两个 几个 多个 每 每个 各 各种 某 某些 很 非常 更 更加 最 太 还 还是 还有
再 又 才 只 只有 只是 仅 就是 于是 然后 同时 此外 另外 例如 比如 等 等等 上 下 中 里 内 外 前 后 左右 时 时候 当 当时 现在 目前 今天 昨天
明天 近日 日前 今日 昨日 表示 认为 称 说 据 根据 通过 进行 来 去 过 着 起来 出来 下来 上来 出 成为 作为 有 有的 有些 那么 这么 多少 组图
图 视频 记者 消息 报道 获悉 来源 编辑`;
const english = `a about above after again all also am an and any are as at be because been before being below between both but by can
could did do does doing down during each few for from further had has have having he her here hers him his how i if in into is it its
just me more most my no nor not now of off on once only or other our ours out over own said same says she should so some such than that
the their theirs them then there these they this those through to too under until up very was we were what when where which while who
whom why will with would you your yours`;

/** Words that say nothing about a text: grammar, and what every report has. */
export const stopWords: ReadonlySet<string> = new Set(`${chinese} ${english}`.split(/\s+/));
