import { startPostgres, makeTemplate } from './server.ts'
import { openPlayer, historyOf } from './worker.ts'
const pgs = await startPostgres()
await makeTemplate(pgs.url)
const player = await openPlayer(pgs.url, 'try')
const from = Number(process.argv[2] ?? 1), count = Number(process.argv[3] ?? 20)
const t = performance.now()
let bad = 0
for (let seed = from; seed < from + count; seed++) {
  const { violations, hash, trace } = await player.play(historyOf(seed))
  if (violations.length) { bad++; console.log(seed, hash, violations.slice(0, 3).map(v => v.slice(0, 600))) }
  if (process.argv[4]) console.log(trace.join('\n'), hash)
}
console.log(bad, 'bad', ((performance.now() - t) / count).toFixed(1), 'ms each', JSON.stringify(player.counts))
await player.close()
await pgs.stop()
