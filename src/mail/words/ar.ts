import type { MailWords } from './words.ts'

export const ar: MailWords = {
  letters: {
    received: {
      subject: 'وصلنا طلب استرداد المبلغ',
      body: 'وصلنا طلبك بخصوص {payment}. سنكتب إليك فور اتخاذ القرار.',
    },
    in_review: {
      subject: 'سينظر أحد أفراد فريقنا في طلبك',
      body: 'سينظر أحد أفراد فريقنا في طلبك بخصوص {payment} ويجيبك قبل {due}.',
    },
    question: {
      subject: 'سؤال عن طلب الاسترداد',
      body: 'كي نبتّ في طلبك بخصوص {payment} نحتاج إلى توضيح منك.',
    },
    approved: {
      subject: 'تمت الموافقة على استرداد {amount}',
      body: 'نعيد {amount} إلى {method}.',
    },
    denied: { subject: 'بخصوص طلب الاسترداد', body: 'لا يمكننا استرداد {payment}.' },
    handled: {
      subject: 'تمت تسوية طلب الاسترداد',
      body: 'تمت تسوية طلبك بخصوص {payment}.',
    },
    refunded: {
      subject: 'أُرسل المبلغ المسترد {amount}',
      body: 'أرسلنا {amount} إلى {method}. مدة الوصول تعود إلى البنك.',
    },
    needs_bank_details: {
      subject: 'نحتاج إلى بياناتك المصرفية للاسترداد',
      body: 'لنرسل إليك {amount} نحتاج إلى معرفة الوجهة. أرسلت إليك Stripe رسالة تطلب بياناتك المصرفية.',
    },
    failed: {
      subject: 'لم يتم استرداد {amount}',
      body: 'حاولنا إرسال {amount} إلى {method} ولم ينجح ذلك. يتابع أحد أفراد فريقنا الأمر الآن، ولا يلزمك فعل شيء.',
    },
    bounced: {
      subject: 'أعاد بنكك المبلغ المسترد {amount}',
      body: 'أعاد بنكك {amount} إلينا، فلم يصلك المبلغ. وصولك كما كان من قبل. يبحث أحد أفراد فريقنا الآن عن طريقة أخرى.',
    },
    withdrawn: {
      subject: 'سُحب طلبك',
      body: 'سحبت طلبك بخصوص {payment}. لم يُسترد شيء ولا يتغير شيء.',
    },
    access_ended: {
      subject: 'انتهى وصولك',
      body: 'مع الاسترداد انتهى وصولك إلى {payment} وانتهى اشتراكك. لن يُخصم أي مبلغ آخر.',
    },
    access_ends: {
      subject: 'ينتهي وصولك في {until}',
      body: 'مع الاسترداد لن يتجدد اشتراكك في {payment}. يمكنك استخدامه حتى {until}.',
    },
    withdrawal_received: {
      subject: 'وصلنا إشعار الرجوع عن العقد',
      body: 'نؤكد أن إشعارك وصلنا في {received_at}. احتفظ بهذه الرسالة: ففيها النص الكامل لإشعارك.',
    },
    sign_in: {
      subject: 'رابطك إلى {shop}',
      body: 'بهذا الرابط ترى مدفوعاتك وتطلب استردادًا. يعمل مرة واحدة خلال 10 دقائق. إن لم تطلبه فلا يلزمك فعل شيء.',
    },
  },
  labels: {
    payment: 'الدفعة',
    amount: 'المبلغ',
    method: 'إلى',
    expected: 'الوصول المتوقع',
    reference: 'مرجع البنك',
    answer_by: 'الإجابة قبل',
    access_until: 'الوصول حتى',
    received_at: 'وقت الاستلام',
    name: 'الاسم',
    contract: 'العقد',
    email: 'البريد',
  },
  see: 'عرض الطلب',
  answer: 'الإجابة',
  open: 'عرض مدفوعاتي',
  or_copy: 'أو انسخ هذا العنوان إلى متصفحك:',
  why_you: 'تصلك هذه الرسالة بسبب طلب استرداد دفعة إلى {shop}.',
  keep_link: 'يعرض الرابط طلبك لكل من يملكه، فلا تعطه لأحد.',
  original_method: 'وسيلة الدفع الأصلية',
  card: 'بطاقة',
}
