import { visitHeaders } from './visit.ts'

/** Saves a file of the customer's. In a frame the browser sends no cookie with a link, so the file is fetched first. */
export async function saveFile(id: string, name: string): Promise<void> {
  const answer = await fetch(`/portal/api/attachments/${id}`, { headers: visitHeaders() })
  if (!answer.ok) return
  const url = URL.createObjectURL(await answer.blob())
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}
