import { Link } from '@tanstack/react-router'

const look = 'font-mono text-[0.75rem] text-accent underline'
const short = (id: string) => (id.length > 18 ? `${id.slice(0, 16)}…` : id)

/** What a row of the audit trail is about, as a link to where it can be seen. */
export function Subject({ id, request }: { id: string; request?: unknown }) {
  const seen = id.startsWith('rr_') ? id : id.startsWith('rf_') && typeof request === 'string' ? request : undefined
  if (seen)
    return (
      <Link className={look} title={id} to="/requests/$id" params={{ id: seen }}>
        {short(id)}
      </Link>
    )
  if (id.startsWith('pay_'))
    return (
      <Link className={look} title={id} to="/payments/$id" params={{ id }}>
        {short(id)}
      </Link>
    )
  if (id.startsWith('inc_'))
    return (
      <Link className={look} title={id} to="/settings/$page" params={{ page: 'incidents' }} search={{ open: id }}>
        {short(id)}
      </Link>
    )
  if (id.startsWith('blk_'))
    return (
      <Link className={look} title={id} to="/bulk/$id" params={{ id }}>
        {short(id)}
      </Link>
    )
  if (id.startsWith('drf_'))
    return (
      <Link className={look} title={id} to="/policy/drafts/$id" params={{ id }}>
        {short(id)}
      </Link>
    )
  if (id.startsWith('bt_'))
    return (
      <Link className={look} title={id} to="/policy/backtests/$id" params={{ id }}>
        {short(id)}
      </Link>
    )
  // What has no page of its own has its history here.
  return (
    <Link className={look} title={id} to="/audit" search={{ subject: id }}>
      {short(id)}
    </Link>
  )
}
