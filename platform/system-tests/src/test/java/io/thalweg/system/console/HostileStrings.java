package io.thalweg.system.console;

import java.util.List;

/** Text that would run in a page which takes text for markup, an address, a template or a pattern. */
final class HostileStrings {
    private HostileStrings() {}

    static final List<String> ALL = List.of(
            "<script>window.pwned=1;alert(1)</script>",
            "<img src=x onerror=\"window.pwned=1;alert(1)\">",
            "<svg onload=alert(1)>",
            "<svg><script>window.pwned=1</script></svg>",
            "\"><script>window.pwned=1</script>",
            "'><img src=x onerror=alert(1)>",
            "</textarea><script>window.pwned=1</script>",
            "</title><script>window.pwned=1</script>",
            "</style><script>window.pwned=1</script>",
            "</script><script>window.pwned=1</script>",
            "<iframe srcdoc=\"<script>parent.pwned=1</script>\"></iframe>",
            "<iframe src=javascript:alert(1)>",
            "<a href=\"javascript:window.pwned=1\">click</a>",
            "javascript:window.pwned=1",
            "data:text/html,<script>window.pwned=1</script>",
            "<body onload=alert(1)>",
            "<input autofocus onfocus=alert(1)>",
            "<details open ontoggle=alert(1)>",
            "<video><source onerror=alert(1)></video>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<base href=\"https://evil.example/\">",
            "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
            "<object data=\"javascript:alert(1)\"></object>",
            "<form action=\"javascript:alert(1)\"><button>x</button></form>",
            "${alert(1)}{{constructor.constructor('alert(1)')()}}",
            "`${window.pwned=1}`",
            "\" onmouseover=\"window.pwned=1\" x=\"",
            "<!--><img src=x onerror=alert(1)>-->",
            "\u202e<script>window.pwned=1</script>\u0000\ufeff",
            "__proto__.pwned=1&constructor[prototype][pwned]=1");
}
