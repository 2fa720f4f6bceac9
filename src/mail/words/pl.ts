import type { MailWords } from './words.ts'

export const pl: MailWords = {
  letters: {
    received: {
      subject: 'Otrzymaliśmy Państwa wniosek o zwrot',
      body: 'Otrzymaliśmy Państwa wniosek dotyczący: {payment}. Odezwiemy się, gdy tylko zapadnie decyzja.',
    },
    in_review: {
      subject: 'Państwa wniosek sprawdzi pracownik',
      body: 'Pracownik sprawdzi Państwa wniosek dotyczący: {payment} i odpowie najpóźniej: {due}.',
    },
    question: {
      subject: 'Pytanie o Państwa wniosek o zwrot',
      body: 'Aby rozpatrzyć Państwa wniosek dotyczący: {payment}, potrzebujemy wyjaśnienia.',
    },
    approved: {
      subject: 'Zwrot {amount} został przyznany',
      body: 'Wysyłamy {amount} na: {method}.',
    },
    denied: { subject: 'W sprawie Państwa wniosku o zwrot', body: 'Nie możemy zwrócić płatności: {payment}.' },
    handled: {
      subject: 'Państwa wniosek o zwrot został załatwiony',
      body: 'Państwa wniosek dotyczący: {payment} został załatwiony.',
    },
    refunded: {
      subject: 'Zwrot {amount} został wysłany',
      body: 'Wysłaliśmy {amount} na: {method}. To, jak szybko dotrze, zależy od banku.',
    },
    needs_bank_details: {
      subject: 'Do zwrotu potrzebujemy Państwa danych bankowych',
      body: 'Aby wysłać Państwu {amount}, musimy wiedzieć dokąd. Stripe wysłał Państwu e-mail z prośbą o dane bankowe.',
    },
    failed: {
      subject: 'Zwrot {amount} się nie powiódł',
      body: 'Próbowaliśmy wysłać {amount} na: {method}, ale się nie udało. Zajmuje się tym pracownik naszego zespołu; nie trzeba nic robić.',
    },
    bounced: {
      subject: 'Państwa bank odesłał zwrot {amount}',
      body: 'Państwa bank odesłał nam {amount}, więc zwrot do Państwa nie dotarł. Dostęp jest taki jak wcześniej. Pracownik naszego zespołu szuka teraz innego sposobu.',
    },
    withdrawn: {
      subject: 'Państwa wniosek został wycofany',
      body: 'Wycofali Państwo wniosek dotyczący: {payment}. Nic nie zostało zwrócone i nic się nie zmienia.',
    },
    access_ended: {
      subject: 'Państwa dostęp się zakończył',
      body: 'Wraz ze zwrotem zakończył się Państwa dostęp do: {payment}, a z nim subskrypcja. Nic więcej nie zostanie pobrane.',
    },
    access_ends: {
      subject: 'Państwa dostęp kończy się {until}',
      body: 'Wraz ze zwrotem subskrypcja {payment} nie odnowi się. Można z niej korzystać do {until}.',
    },
    withdrawal_received: {
      subject: 'Otrzymaliśmy Państwa odstąpienie od umowy',
      body: 'Potwierdzamy, że Państwa oświadczenie dotarło do nas {received_at}. Prosimy zachować ten e-mail: zawiera pełną treść Państwa oświadczenia.',
    },
    sign_in: {
      subject: 'Państwa link do {shop}',
      body: 'Ten link pokazuje Państwa płatności i pozwala poprosić o zwrot. Działa raz, przez 10 minut. Jeśli nikt z Państwa o niego nie prosił, nie trzeba nic robić.',
    },
  },
  labels: {
    payment: 'Płatność',
    amount: 'Kwota',
    method: 'Na',
    expected: 'Spodziewany',
    reference: 'Numer referencyjny banku',
    answer_by: 'Odpowiedź najpóźniej',
    access_until: 'Dostęp do',
    received_at: 'Otrzymano',
    name: 'Imię i nazwisko',
    contract: 'Umowa',
    email: 'E-mail',
  },
  see: 'Zobacz wniosek',
  answer: 'Odpowiedz',
  open: 'Zobacz moje płatności',
  or_copy: 'Albo prosimy skopiować ten adres do przeglądarki:',
  why_you: 'Otrzymują Państwo ten e-mail z powodu wniosku o zwrot płatności na rzecz {shop}.',
  keep_link: 'Link pokazuje Państwa wniosek każdemu, kto go ma: prosimy nie przekazywać go dalej.',
  original_method: 'pierwotna metoda płatności',
  card: 'karta',
}
