namespace AgentGateway.Browser.Tests.Console;

/// <summary>Names that would like to be more than names.</summary>
internal static class Naughty
{
    public static readonly string[] Names =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "'><svg onload=alert(3)>", "</title><script>alert(4)</script>",
        "javascript:alert(5)", "{{7*7}}", "${alert(6)}", "<!--", "]]>", "&lt;script&gt;", "\u202Eetsalp\u202C", "Ω≈ç√∫˜µ≤≥÷", "👩‍👩‍👧‍👦",
        "ﷺ", "' OR 1=1 --", "%00%0a%0dSet-Cookie: x=y", "../../../etc/passwd", "<style>*{display:none}</style>",
        "<iframe src=//evil.example>", "<base href=//evil.example>", "x onmouseover=alert(7)", "`onclick=alert(8)`", "<a href=\"javascript:alert(9)\">x</a>",
        "Ｆｕｌｌ ｗｉｄｔｈ", "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308", "long-" + "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
    ];
}
