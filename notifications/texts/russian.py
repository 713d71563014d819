"""Русский, на Вы.

Слова: request и ticket = обращение; protocol = номер обращения; deadline = срок; target = целевой срок; first response = первый
ответ; next response = следующий ответ; regular update = регулярное сообщение о ходе работы; resolution = решение; business
hours = рабочие часы (что считается), часы работы (когда открыто); missed = срок пропущен; escalated = передано на уровень
выше; owner = ответственный; desk = наша поддержка, по названию.
"""

TEXTS = {
    "ticket_opened": (
        "Мы получили Ваше обращение № {number}: {summary}",
        """
{greeting}

Мы зарегистрировали Ваше обращение **{summary}**. Его номер: **{number}**, по нему Вы всегда можете к нам обратиться.

{promise}

{scope}

Сейчас мы закрыты; открываемся: **{opens_at}**. До тех пор Ваша заявка ждёт, делать ничего не нужно.

Не может ждать? Работа сейчас оплачивается по часам, {rate} за час: сначала смета, и мы начнём только после того, как Вы её примете.

[Попросить о работе сейчас]({night_url})

[Следить за обращением]({ticket_url})

{sharing}
""",
    ),
    "contact_declined": (
        "По Вашему сообщению в {desk} обращение не открыто",
        """
{greeting}

Спасибо, что написали нам. Ваше сообщение «{summary}» **не** зарегистрировано как обращение.

{reason}

[Открыть обращение на портале]({portal_url})
""",
    ),
    "chat_transcript": (
        "Ваш чат № {number}: {summary}",
        """
{greeting}

Вот что было сказано в Вашем чате с {desk}:

> {transcript}

[Открыть на портале]({ticket_url})
""",
    ),
    "ticket_merged": (
        "Ваше обращение № {number} продолжается в № {other_number}",
        """
{greeting}

Мы объединили Ваше обращение **№ {number}: {summary}** с **№ {other_number}: {other_summary}** и продолжаем в № {other_number}, со всем, что Вы написали.

[Открыть обращение]({ticket_url})

Вам ничего не нужно делать: ответ на любое наше письмо попадёт туда.
""",
    ),
    "ticket_unmerged": (
        "Ваше обращение № {number} снова отдельное",
        """
{greeting}

Мы объединили Ваше обращение **№ {number}: {summary}** с № {other_number}. Это была ошибка: оно снова отдельное, со своим сроком.

[Открыть обращение]({ticket_url})
""",
    ),
    "handed_over": (
        "Передано Вашей команде: № {number} {summary}",
        """
{greeting}

**№ {number}: {summary}** передано Вашей команде ({team}). Передал(а): {author}.

> {message}

Срок: {due_at}.

[Открыть обращение]({ticket_url})
""",
    ),
    "ticket_replied": (
        "Ответ на Ваше обращение № {number}: {summary}",
        """
{greeting}

{author} отвечает на Ваше обращение **№ {number}**:

> {message}

[Прочитать и ответить]({ticket_url})
""",
    ),
    "request_incomplete": (
        "Нам нужны дополнительные сведения по обращению № {number}: {summary}",
        """
{greeting}

Чтобы заняться Вашим обращением **№ {number}**, нам ещё нужно:

> {missing}

Наш срок ответа начнётся, когда мы это получим.

[Дополнить обращение]({ticket_url})
""",
    ),
    "secret_masked": (
        "Мы скрыли секретные данные в обращении № {number}: {summary}",
        """
{greeting}

В Вашем сообщении по обращению **№ {number}** было то, что похоже на пароль, ключ или номер карты. Мы скрыли это до сохранения.

Пожалуйста, никогда не отправляйте секретные данные в поддержку и смените те, что отправили.

[Посмотреть обращение]({ticket_url})
""",
    ),
    "files_refused": (
        "Некоторые файлы не сохранены: № {number}: {summary}",
        """
{greeting}

Ваше сообщение по обращению **№ {number}** получено, но не все файлы удалось сохранить:

> {refused}

[Приложить другим способом]({ticket_url})
""",
    ),
    "silence_reminder": (
        "Вам ещё нужна помощь по обращению № {number}: {summary}?",
        """
{greeting}

Мы ждём Вашего ответа по обращению **№ {number}**, {summary}.

Если ответа не будет, оно закроется автоматически: **{closes_at}**.

[Мне ещё нужна помощь]({still_url})

[Решено, закройте]({solved_url})

[Прочитать и ответить]({ticket_url})
""",
    ),
    "silence_closed": (
        "Обращение № {number} закрыто: {summary}",
        """
{greeting}

Мы не получили от Вас ответа, поэтому обращение **№ {number}**, {summary}, закрыто.

Вам ещё нужна помощь? Напишите в обращении, и мы продолжим с того же места.

[Открыть обращение]({ticket_url})
""",
    ),
    "silence_closed_staff": (
        "№ {number} закрыто автоматически: {summary}",
        """
Обращение **№ {number}**, {summary}, от {requester} закрыто автоматически.

Компания: {company}

{reason}

[Открыть обращение]({ticket_url})
""",
    ),
    "ticket_closed_staff": (
        "№ {number} закрыто: {summary}",
        """
{author} закрывает обращение **№ {number}**, {summary}.

Компания: {company}

[Открыть обращение]({ticket_url})
""",
    ),
    "ticket_resolved": (
        "Обращение № {number} решено: {summary}",
        """
{greeting}

Мы решили Ваше обращение **№ {number}**. Вот решение:

> {solution}

[Насколько Вы довольны нашей помощью?]({rate_url})

Что-то ещё не так? Ответьте в обращении, и мы продолжим.

Если Вы больше ничего не напишете, оно закроется автоматически: **{closes_at}**.

[Прочитать обращение]({ticket_url})
""",
    ),
    "ticket_reopened": (
        "№ {number} снова открыто: {summary}",
        """
{greeting}

Обращение **№ {number}**, {summary}, снова открыто.

Кем открыто: {author}.

> {because}

[Открыть обращение]({ticket_url})
""",
    ),
    "ticket_closed": (
        "Обращение № {number} закрыто: {summary}",
        """
{greeting}

Ваше обращение **№ {number}**, {summary}, закрыто. Вы можете прочитать его в любое время.

> {solution}

[Прочитать обращение]({ticket_url})
""",
    ),
    "deadline_moved": (
        "Новый срок по Вашему обращению № {number}: {summary}",
        """
{greeting}

Обещанный срок по Вашему обращению **№ {number}** изменился: {metric} — **{due_at}**.

Прежний срок: {was_due_at}.

{because}

[Посмотреть обращение]({ticket_url})
""",
    ),
    "expected_by": (
        "Когда мы рассчитываем решить обращение № {number}: {summary}",
        """
{greeting}

Мы рассчитываем решить Ваше обращение **№ {number}** к этому сроку: **{expected_at}**.

Раньше мы рассчитывали на другой срок: {was_expected_at}.

> {because}

[Посмотреть обращение]({ticket_url})
""",
    ),
    "rated": (
        "{score} из 5 ({rating}) за № {number}: {summary}",
        """
{requester} оценивает нашу помощь по обращению **№ {number}**, {summary}: **{score} из 5**, {rating}.

Компания: {company}

> {comment}

[Открыть обращение]({ticket_url})
""",
    ),
    "customer_replied": (
        "{author} отвечает в № {number}: {summary}",
        """
{author} пишет в обращении **№ {number}**, {summary}:

Компания: {company}

> {message}

[Открыть обращение]({ticket_url})
""",
    ),
    "assigned": (
        "Теперь Ваше: № {number} {summary}",
        """
{greeting}

Обращение **№ {number}**, {summary}, назначено Вам.

Кто назначил: {author}.

Компания: {company}

Ближайший срок: **{due_at}**

[Открыть обращение]({ticket_url})
""",
    ),
    "deadline_warning": (
        "Срок подходит: № {number} ({metric}): {summary}",
        """
Подходит срок по обращению **№ {number}**, {summary} ({metric}): **{due_at}**.

Компания: {company}

Ответственный: {owner}

[Открыть обращение]({ticket_url})
""",
    ),
    "deadline_breached": (
        "Срок пропущен: № {number} ({metric}): {summary}",
        """
Пропущен срок по обращению **№ {number}**, {summary} ({metric}): **{due_at}**.

Компания: {company}

Ответственный: {owner}

[Открыть обращение]({ticket_url})
""",
    ),
    "escalated": (
        "Передано на уровень выше: № {number} {summary}",
        """
Обращение **№ {number}**, {summary}, передано на уровень выше.

{because}

{change}

Компания: {company}

Ответственный: {owner}

[Открыть обращение]({ticket_url})
""",
    ),
    "emergency_alert": (
        "АВАРИЯ #{number}: {summary}",
        """
{company}: авария, которой ещё никто не занимается. **#{number}**, {summary}, от {requester}.

Что отмечено: {conditions}

Телефон: {phone}

Это оповещение номер {round}: аварию пока никто не взял, предупреждены и руководители.

[Беру на себя]({claim_url})

Кнопка — на странице по этой ссылке. Кто нажмёт первым, тот и занимается аварией. Ссылка только Ваша: не передавайте её.
""",
    ),
    "emergency_alerted": (
        "Авария #{number}: все дежурные оповещены",
        """
{greeting}

Ваш запрос **#{number}**, {summary}, — авария. Все дежурные оповещены; первый, кто сможет, возьмёт её на себя. Мы сообщим, кто Вам помогает.

{free}

[Следить за запросом]({ticket_url})
""",
    ),
    "emergency_taken": (
        "{author} занимается Вашей аварией #{number}",
        """
{greeting}

**{author}** взял на себя Вашу аварию **#{number}**, {summary}, и уже занимается ею.

{free}

[Следить за запросом]({ticket_url})
""",
    ),
    "emergency_taken_staff": (
        "{author} занимается аварией #{number}",
        """
**{author}** взял на себя аварию **#{number}**, {summary}. Больше ничего делать не нужно.

Компания: {company}

[Открыть заявку]({ticket_url})
""",
    ),
    "feed_failed": (
        "Календарь «{feed}» компании {company} не читается",
        """
{greeting}

Календарь **{feed}** компании {company} не удалось прочитать несколько раз подряд:

> {reason}

Аукционы, которые он уже передал, остаются как есть. Попытки продолжаются сами, но реже.

[Посмотреть календарь]({feed_url})
""",
    ),
    "webhook_switched_off": (
        "Вебхук «{webhook}» выключен",
        """
{greeting}

Вебхук **{webhook}** выключен. Он сообщает {address} о том, что здесь происходит, и больше не мог этого делать:

> {reason}

То, что ещё не дошло, сохраняется и может быть отправлено снова;
о том, что произойдёт дальше, не сообщается, пока он не будет включён.

[Посмотреть вебхук]({webhook_url})
""",
    ),
    "reply_bounced": (
        "Ответ в № {number} вернулся: {summary}",
        """
Ответ по обращению **№ {number}**, {summary}, не дошёл до {recipient}.

> {reason}

[Открыть обращение]({ticket_url})
""",
    ),
    "invitation": (
        "Приглашение в {desk}",
        """
{greeting}

Для Вас создана учётная запись в **{desk}**. Задайте пароль, и Вы сможете войти.

Кто приглашает: {inviter}.

[Задать пароль]({activate_url})

Ссылка действует до {expires_at} и только один раз.
""",
    ),
    "registration": (
        "Ваша учётная запись в {desk}",
        """
{greeting}

Кто-то, надеемся, Вы, запросил учётную запись в **{desk}** с этим адресом, указанным при покупке.

[Активировать учётную запись]({activate_url})

Ссылка действует до {expires_at} и только один раз. Если это были не Вы, ничего не делайте: учётная запись не откроется.
""",
    ),
    "account_known": (
        "У Вас уже есть учётная запись в {desk}",
        """
{greeting}

Кто-то, надеемся, Вы, запросил учётную запись в **{desk}** с этим адресом. Она у Вас уже есть: войдите с ней.

Если Вы не помните пароль, задайте новый.

[Задать новый пароль]({reset_url})

Ссылка действует до {expires_at} и только один раз. Если это были не Вы, ничего не делайте.
""",
    ),
    "address_changed": (
        "Другой адрес для Вашей учётной записи в {desk}",
        """
{greeting}

Наши сотрудники изменили адрес, по которому мы узнаём Вас в **{desk}**.

Раньше: {old}

Теперь: {new}

Причина: {because}

Входите с новым адресом; пароль остаётся прежним. Если Вы об этом не просили, пожалуйста, сразу ответьте нам.
""",
    ),
    "password_reset": (
        "Новый пароль для {desk}",
        """
{greeting}

Кто-то, надеемся, Вы, запросил новый пароль в **{desk}**.

[Задать новый пароль]({reset_url})

Ссылка действует до {expires_at} и только один раз. Если это были не Вы, ничего не делайте: Ваш пароль останется прежним.
""",
    ),
    "quote_wanted": (
        "Нужна смета для #{number}: {work}",
        """
{author} просит смету: **{work}**, по заявке **#{number}**, {summary}.

Компания: {company}

> {message}

[Составить смету]({quote_url})
""",
    ),
    "quote_sent": (
        "Смета по Вашей заявке #{number}: {amount}",
        """
{greeting}

{author} направляет Вам смету: **{work}**, по заявке **#{number}**, {summary}:

> {message}

{hours}, {rate} за час: **{amount}**. Действует до: **{valid_until}**.

Мы начнём только после того, как смета будет принята. Без этого ничего не оплачивается.

[Прочитать и решить]({quote_url})
""",
    ),
    "quote_accepted": (
        "Принято: смета по заявке #{number}, {amount}",
        """
{greeting}

{author}: смета принята. **{work}**, заявка **#{number}**, {summary}. Когда: **{answered_at}**.

> {message}

{hours}, {rate} за час: **{amount}**.

[Прочитать смету]({quote_url})
""",
    ),
    "quote_accepted_staff": (
        "#{number}: смета принята, {work}, {amount}",
        """
{author}: смета принята. **{work}**, **#{number}**, {summary}: {hours}, **{amount}**. Можно начинать.

Компания: {company}

> {message}

[Открыть смету]({quote_url})
""",
    ),
    "quote_declined": (
        "Отклонено: смета по заявке #{number}",
        """
{greeting}

{author}: смета отклонена. **{work}**, заявка **#{number}**, {summary}. Когда: **{answered_at}**. Оплачивать ничего не нужно.

> {because}

[Прочитать смету]({quote_url})
""",
    ),
    "quote_declined_staff": (
        "#{number}: смета отклонена, {work}",
        """
{author}: смета отклонена. **{work}**, **#{number}**, {summary}: {amount}.

Компания: {company}

> {because}

[Открыть смету]({quote_url})
""",
    ),
    "quote_ended": (
        "Смета по заявке #{number} больше не действует",
        """
{greeting}

Смета больше не действует: **{work}**, заявка **#{number}**, {summary}, {amount}. Оплачивать ничего не нужно.

Если она ещё нужна, попросите новую в заявке.

[Открыть заявку]({ticket_url})
""",
    ),
    "quote_ended_staff": (
        "#{number}: срок сметы истёк, {work}",
        """
Срок сметы истёк без ответа: **{work}**, **#{number}**, {summary}, {amount}, действовала до {valid_until}.

Компания: {company}

[Открыть смету]({quote_url})
""",
    ),
    "meeting_asked": (
        "Нужно решение: {work}, #{number}, {summary}",
        """
{author} просит: **{work}**, желаемое время **{wished_at}**, {hours}.

Компания: {company}

> {message}

[Решить]({meeting_url})
""",
    ),
    "meeting_refused": (
        "Не в рамках Вашего тарифа: {work}, заявка #{number}",
        """
{greeting}

Мы прочитали повестку заявки **#{number}**, {summary}, и не одобряем её: **{work}**.

> {because}

Всё-таки нужно? Попросите смету на часы консультаций; встреча назначается после того, как Вы её примете.

[Посмотреть или настоять]({meeting_url})
""",
    ),
    "meeting_scheduled": (
        "{work}: {starts_at} (#{number})",
        """
{greeting}

**{work}**, **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Где: {place}

> {message}

[Посмотреть]({meeting_url})
""",
    ),
    "meeting_scheduled_staff": (
        "{work}: {starts_at} (#{number})",
        """
**{work}**, **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Компания: {company}

Где: {place}

> {message}

[Посмотреть]({meeting_url})
""",
    ),
    "meeting_cancelled": (
        "Отменено: {work}, {starts_at} (#{number})",
        """
{greeting}

**{work}**, **#{number}**, {summary}, **{starts_at}**: не состоится.

> {because}

[Посмотреть]({meeting_url})
""",
    ),
    "meeting_cancelled_staff": (
        "Отменено: {work}, {starts_at} (#{number})",
        """
**{work}**, **#{number}**, {summary}, **{starts_at}**: не состоится.

> {because}

[Посмотреть]({meeting_url})
""",
    ),
    "developer_asked": (
        "Разработчик для #{number}? {summary}",
        """
{author} просит показать **{developer}** заявку **#{number}**, {summary}, чтобы собрать требования. Вы узнаете о каждом сообщении.

Компания: {company}

> {because}

[Решить]({developer_url})
""",
    ),
    "developer_invited": (
        "Нужно собрать требования: #{number}, {summary}",
        """
{greeting}

{author} просит Вас собрать требования по **#{number}**, {summary}. Ссылка показывает только эту заявку и позволяет спросить клиента. Менеджер читает переписку.

> {because}

[Открыть заявку]({developer_url})
""",
    ),
    "developer_wrote": (
        "{developer}: сообщение в #{number}: {summary}",
        """
**{developer}** пишет клиенту заявки **#{number}**, {summary}:

Компания: {company}

> {message}

[Открыть заявку]({ticket_url})
""",
    ),
    "company_report": (
        "{company}: отчёт об обслуживании {month}",
        """
{greeting}

Отчёт компании **{company}** за {month}: заявок открыто {opened}, решено {resolved}; сроков соблюдено {met}, нарушено {missed}.

[Посмотреть отчёт или сохранить в PDF]({report_url})
""",
    ),
}
