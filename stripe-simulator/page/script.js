// Sends the control request of a button and shows the page anew, with what was said when it was refused.
const said = document.getElementById('said')

function say(text, bad) {
  said.textContent = text
  said.dataset.tone = bad ? 'bad' : 'good'
  said.hidden = false
  setTimeout(
    () => {
      said.hidden = true
    },
    bad ? 8000 : 2500,
  )
}

function fieldsOf(form) {
  const fields = JSON.parse(form.dataset.fields)
  for (const [name, value] of new FormData(form))
    if (value !== '') fields[name] = form.elements[name].type === 'number' ? Number(value) : value
  return fields
}

document.addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = event.target
  const button = form.querySelector('button')
  button.disabled = true
  try {
    const response = await fetch(form.dataset.path, {
      method: form.dataset.method,
      body: JSON.stringify(fieldsOf(form)),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(answer.error.message)
    sessionStorage.setItem('said', `${button.textContent.trim()}: done`)
    sessionStorage.setItem('scroll', String(scrollY))
    location.reload()
  } catch (error) {
    say(error.message, true)
    button.disabled = false
  }
})

const last = sessionStorage.getItem('said')
if (last) {
  say(last, false)
  scrollTo(0, Number(sessionStorage.getItem('scroll')))
  sessionStorage.removeItem('said')
}

const now = document.getElementById('now')
if (document.querySelector('.clock .dot').dataset.on === 'true') {
  const ahead = Date.parse(now.dateTime) - Date.now()
  setInterval(() => {
    now.textContent = new Date(Date.now() + ahead).toISOString().slice(0, 19).replace('T', ' ')
  }, 1000)
}
