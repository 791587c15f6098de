"""Techniques of MITRE ATT&CK that the scorer can name: id to name and tactic (ATT&CK v15)."""

TECHNIQUES = {
    "T1003": ("OS Credential Dumping", "Credential Access"),
    "T1027": ("Obfuscated Files or Information", "Defense Evasion"),
    "T1059": ("Command and Scripting Interpreter", "Execution"),
    "T1070": ("Indicator Removal", "Defense Evasion"),
    "T1078": ("Valid Accounts", "Initial Access"),
    "T1087": ("Account Discovery", "Discovery"),
    "T1090": ("Proxy", "Command and Control"),
    "T1098": ("Account Manipulation", "Persistence"),
    "T1098.001": ("Additional Cloud Credentials", "Persistence"),
    "T1105": ("Ingress Tool Transfer", "Command and Control"),
    "T1110": ("Brute Force", "Credential Access"),
    "T1136": ("Create Account", "Persistence"),
    "T1204": ("User Execution", "Execution"),
    "T1218": ("System Binary Proxy Execution", "Defense Evasion"),
    "T1219": ("Remote Access Software", "Command and Control"),
    "T1484": ("Domain or Tenant Policy Modification", "Privilege Escalation"),
    "T1485": ("Data Destruction", "Impact"),
    "T1486": ("Data Encrypted for Impact", "Impact"),
    "T1490": ("Inhibit System Recovery", "Impact"),
    "T1496": ("Resource Hijacking", "Impact"),
    "T1528": ("Steal Application Access Token", "Credential Access"),
    "T1531": ("Account Access Removal", "Impact"),
    "T1547": ("Boot or Logon Autostart Execution", "Persistence"),
    "T1550": ("Use Alternate Authentication Material", "Defense Evasion"),
    "T1552": ("Unsecured Credentials", "Credential Access"),
    "T1556": ("Modify Authentication Process", "Credential Access"),
    "T1562": ("Impair Defenses", "Defense Evasion"),
    "T1562.007": ("Disable or Modify Cloud Firewall", "Defense Evasion"),
    "T1562.008": ("Disable or Modify Cloud Logs", "Defense Evasion"),
    "T1566": ("Phishing", "Initial Access"),
    "T1567": ("Exfiltration Over Web Service", "Exfiltration"),
    "T1578": ("Modify Cloud Compute Infrastructure", "Defense Evasion"),
    "T1611": ("Escape to Host", "Privilege Escalation"),
    "T1651": ("Cloud Administration Command", "Execution"),
}


def technique(id_: str) -> dict[str, str]:
    """``{id, name, tactic}``; raises KeyError for one that the scorer does not know."""
    name, tactic = TECHNIQUES[id_]
    return {"id": id_, "name": name, "tactic": tactic}
