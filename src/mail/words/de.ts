import type { MailWords } from './words.ts'

export const de: MailWords = {
  letters: {
    received: {
      subject: 'Ihre Erstattungsanfrage ist da',
      body: 'Wir haben Ihre Anfrage zu {payment} erhalten. Sie hören von uns, sobald entschieden ist.',
    },
    in_review: {
      subject: 'Ihre Anfrage wird von einem Menschen geprüft',
      body: 'Jemand aus unserem Team prüft Ihre Anfrage zu {payment} und antwortet bis {due}.',
    },
    question: {
      subject: 'Eine Frage zu Ihrer Erstattungsanfrage',
      body: 'Um über Ihre Anfrage zu {payment} zu entscheiden, müssen wir etwas von Ihnen wissen.',
    },
    approved: {
      subject: 'Ihre Erstattung über {amount} ist genehmigt',
      body: 'Wir senden {amount} zurück auf {method}.',
    },
    denied: { subject: 'Zu Ihrer Erstattungsanfrage', body: '{payment} können wir nicht erstatten.' },
    handled: {
      subject: 'Ihre Erstattungsanfrage ist erledigt',
      body: 'Ihre Anfrage zu {payment} ist geregelt.',
    },
    refunded: {
      subject: 'Ihre Erstattung über {amount} ist unterwegs',
      body: 'Wir haben {amount} auf {method} zurückgesandt. Wie lange es bis zur Gutschrift dauert, liegt bei der Bank.',
    },
    needs_bank_details: {
      subject: 'Für die Erstattung brauchen wir Ihre Bankverbindung',
      body: 'Damit wir Ihnen {amount} senden können, fragt eine E-Mail von Stripe nach Ihrer Bankverbindung.',
    },
    failed: {
      subject: 'Ihre Erstattung über {amount} kam nicht an',
      body: 'Wir wollten {amount} auf {method} senden, und es hat nicht geklappt. Jemand aus unserem Team kümmert sich darum; Sie müssen nichts tun.',
    },
    bounced: {
      subject: 'Ihre Bank hat die Erstattung über {amount} zurückgeschickt',
      body: 'Ihre Bank hat {amount} an uns zurückgeschickt, die Erstattung hat Sie also nicht erreicht. Ihr Zugang ist wie zuvor. Jemand aus unserem Team sucht jetzt einen anderen Weg.',
    },
    withdrawn: {
      subject: 'Ihre Anfrage ist zurückgenommen',
      body: 'Sie haben Ihre Anfrage zu {payment} zurückgenommen. Es wurde nichts erstattet und es ändert sich nichts.',
    },
    access_ended: {
      subject: 'Ihr Zugang ist beendet',
      body: 'Mit der Erstattung endete Ihr Zugang zu {payment} und damit auch Ihr Abonnement. Es wird nichts mehr abgebucht.',
    },
    access_ends: {
      subject: 'Ihr Zugang endet am {until}',
      body: 'Mit der Erstattung verlängert sich Ihr Abonnement zu {payment} nicht mehr. Sie können es bis {until} nutzen.',
    },
    withdrawal_received: {
      subject: 'Ihr Widerruf ist bei uns eingegangen',
      body: 'Hiermit bestätigen wir, dass Ihre Erklärung am {received_at} bei uns eingegangen ist. Bewahren Sie diese E-Mail auf: Sie enthält den ganzen Wortlaut Ihrer Erklärung.',
    },
    sign_in: {
      subject: 'Ihr Link zu {shop}',
      body: 'Mit diesem Link sehen Sie Ihre Zahlungen und bitten um eine Erstattung. Er gilt einmal und 10 Minuten lang. Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.',
    },
  },
  labels: {
    payment: 'Zahlung',
    amount: 'Betrag',
    method: 'Geht an',
    expected: 'Erwartet',
    reference: 'Bankreferenz',
    answer_by: 'Antwort bis',
    access_until: 'Zugang bis',
    received_at: 'Eingegangen',
    name: 'Name',
    contract: 'Vertrag',
    email: 'E-Mail',
  },
  see: 'Anfrage ansehen',
  answer: 'Antworten',
  open: 'Meine Zahlungen öffnen',
  or_copy: 'Oder kopieren Sie diese Adresse in Ihren Browser:',
  why_you: 'Sie erhalten diese E-Mail wegen einer Erstattungsanfrage zu einer Zahlung an {shop}.',
  keep_link: 'Der Link zeigt Ihre Anfrage jedem, der ihn hat. Geben Sie ihn nicht weiter.',
  original_method: 'den ursprünglichen Zahlungsweg',
  card: 'Karte',
}
