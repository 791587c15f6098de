"""Ends and beginnings of prompts where none are, and speakers said to be somebody else."""

ROWS: tuple[tuple[float, str], ...] = (
    (
        0.9,
        (
            r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text)\|>|\[/?inst\]"
            r"|<</?sys>>|<start_of_turn>|<end_of_turn>"
        ),
    ),
    (
        0.85,
        (
            r"(?:^|\n|\s{2})\s{0,5}(?:#{1,6}|-{3,}|={3,}|\*{2,3}|<|\[|\{)\s?/?(?:end of |begin(?:ning of)? |new |start )?(?:system"
            r"|developer|admin(?:istrator)?|시스템|관리자|개발자)(?: (?:prompt|message|instructions?|override|note|프롬프트"
            r"|메시지|지시))?\s?(?:\*{2,3}"
            r"|-{3,}|={3,}|#{1,6}|>|\]|:|\})"
        ),
    ),
    (
        0.75,
        (
            r"(?:^|\n)\s{0,5}(?:system|시스템|developer)(?: (?:prompt|message|override|메시지|프롬프트|지시))?\s?[:：]\s?(?=\S)"
            r"(?!(?:your|the) (?:mailbox|inbox|password|account|disk|storage|session|licen[sc]e|subscription|computer|device|printer|"
            r"server|backup|update|order|request|file|trial|battery)\b)|(?:^"
            r"|\n)\s{0,3}(?:-{3,}|={3,}|#{3,})\s?(?:end|new|begin|stop|끝|새)\b.{0,40}(?:-{3,}|={3,}|#{3,}|$)"
        ),
    ),
    (
        0.7,
        r"(?:^|\n)\s{0,3}(?:human|assistant|user|사용자|어시스턴트)\s?:\s?.{0,200}(?:\n|\s)(?:human|assistant|user|사용자|어시스턴트)\s?:",
    ),
    (0.8, r"(?:<(?:user|human|assistant|ai)>[^<]{0,400}</(?:user|human|assistant|ai)>\s{0,4}){4}"),
    # Whoever speaks is said to be somebody else.
    (
        0.85,
        (
            r"\b(?:treat|regard|consider|take|handle|read|process) (?:my|this|the) (?:next |following |last )?(?:messages?|inputs?|text"
            r"|prompts?|words?) as (?:if "
            r"|though )?(?:it |they )?"
            r"(?:came |come |coming |were |was |sent )?(?:from |by )?(?:the |a )?(?:developer|system|admin\w*|operator|root|owner)"
        ),
    ),
    (
        0.85,
        (
            r"(?:메시지|말|글|입력|문장)(?:은|는|을|를)?\s?(?:(?:시스템\s?)?(?:개발자|관리자|운영자)|시스템)(?:가|이|의)?\s?(?:보낸|쓴|한|권한의)?\s?"
            r"(?:것|말|메시지|명령|지시)?(?:으로|로|처럼)\s?(?:취급|간주|여기|받아들|처리)"
        ),
    ),
    # Ends that are none.
    (
        0.85,
        (
            r"\bend of (?:user |the )?(?:data|document|input|text|e-?mail|page|context)\b[.!\s\])>\-]{1,6}(?:begin|start|now|new)\b"
            r"[^.\n]{0,20}\b(?:admin\w*|system|developer|command|instruction)s?"
        ),
    ),
    (0.85, r"\b(?:document|text|e-?mail|page|article|data) ends? (?:here|now)[.!\s]{1,3}(?:assistant|ai|model|now|new)\b"),
    (
        0.85,
        (
            r"(?:문서|본문|글|메일|자료|입력|사용자\s?(?:데이터|입력|메시지))(?:는|은|의)?\s?(?:여기(?:서|까지)?\s?)?(?:끝|종료)(?:난다|났다|이다|입니다|남)?"
            r"[.!\s]{1,3}(?:이제\s?)?(?:어시스턴트|ai|관리자|시스템|챗봇|모델|개발자)[^.\n]{0,30}(?:명령|지시|말대로|시작|출력|답하)"
        ),
    ),
)
