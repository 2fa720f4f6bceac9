import { startEmbeddedPostgres } from '../src/postgres/embedded.ts'

// A program that holds an embedded PostgreSQL until it is killed or its input ends; for the tests that kill it.
// node test/postgres-holder.ts <folder> [port]
const [folder = '', port] = process.argv.slice(2)
try {
  const postgres = await startEmbeddedPostgres({ folder, ...(port ? { port: Number(port) } : {}) })
  process.stdin.once('end', () => void postgres.stop().then(() => process.exit(0))).resume()
  process.stdout.write(`${JSON.stringify({ url: postgres.url })}\n`)
} catch (error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  process.stdout.write(`${JSON.stringify({ refused: `${name}: ${message}` })}\n`)
  process.exitCode = 1
}
