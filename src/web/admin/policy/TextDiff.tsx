import { structuredPatch } from 'diff'

/** Two texts line by line: what went, what came, with three lines around. */
export function TextDiff({ before, after }: { before: string; after: string }) {
  if (before === after) return <p className="p-4 text-quiet">The two texts are the same.</p>
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: 3 })
  return (
    <table className="w-full border-collapse font-mono text-[0.78rem] leading-5">
      <caption className="sr-only">The differences, line by line</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Line before</th>
          <th scope="col">Line after</th>
          <th scope="col">Text</th>
        </tr>
      </thead>
      {hunks.map((hunk) => {
        let [old, now] = [hunk.oldStart, hunk.newStart]
        return (
          <tbody key={`${hunk.oldStart}/${hunk.newStart}`} className="border-b border-line">
            {hunk.lines
              .filter((line) => !line.startsWith('\\'))
              .map((line, at) => {
                const sign = line[0]
                const [left, right] = [sign === '+' ? '' : old++, sign === '-' ? '' : now++]
                const look = sign === '+' ? 'bg-approve-soft' : sign === '-' ? 'bg-deny-soft' : ''
                return (
                  <tr key={at} className={look}>
                    <td className="figures w-10 px-1 text-right text-quiet select-none">{left}</td>
                    <td className="figures w-10 px-1 text-right text-quiet select-none">{right}</td>
                    <td className="px-2 whitespace-pre-wrap break-words">
                      <span aria-hidden="true" className="mr-2 select-none">
                        {sign}
                      </span>
                      {sign !== ' ' && <span className="sr-only">{sign === '+' ? 'came: ' : 'went: '}</span>}
                      {line.slice(1)}
                    </td>
                  </tr>
                )
              })}
          </tbody>
        )
      })}
    </table>
  )
}
