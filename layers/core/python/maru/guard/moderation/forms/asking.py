"""How somebody asks for the way to do something."""

HOW = (
    r"(?:tips (?:to|for|on)|how (?:do|can|could|would|should|to|might)(?: (?:i|we|you|one|someone))?|ways? to|steps? (?:to"
    r"|for)|teach me|instructions? (?:to|for|on)|guide (?:to|for|on)|tell me how|show me how|explain how|recipe for"
    r"|tutorial (?:to|for|on)|help me|best way to|i (?:want|need|plan) to|where (?:can|do) i)"
)
KO_HOW = r"[^.\n]{0,24}(?:방법|법\b|법을|법좀|어떻게|하는\s?법|알려|가르쳐|만들려면|하려면|구하|구매|사는\s?곳|레시피|순서|절차)"
