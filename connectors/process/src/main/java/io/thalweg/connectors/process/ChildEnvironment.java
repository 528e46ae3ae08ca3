package io.thalweg.connectors.process;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The variables that a child gets: a few of the node's own, and what its configuration says. */
final class ChildEnvironment {

    /** What programs need to run at all. The node's other variables may hold its secrets and stay with it. */
    static final List<String> INHERITED = List.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR");

    /** What makes the allowed command another one: where it is looked for, and what its loader or interpreter runs besides. */
    private static final Set<String> CODE = Set.of(
            "PATH",
            "BASH_ENV",
            "ENV",
            "SHELLOPTS",
            "BASHOPTS",
            "PYTHONPATH",
            "PYTHONHOME",
            "PYTHONSTARTUP",
            "PYTHONINSPECT",
            "PYTHONUSERBASE",
            "NODE_OPTIONS",
            "NODE_PATH",
            "PERL5LIB",
            "PERL5OPT",
            "PERLLIB",
            "RUBYLIB",
            "RUBYOPT",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS",
            "CLASSPATH",
            "GCONV_PATH");

    private static final List<String> CODE_PREFIXES = List.of("LD_", "DYLD_", "GLIBC_", "BASH_FUNC_");

    private ChildEnvironment() {}

    /** @throws IllegalArgumentException for variables that make it run other code than the allowed command's */
    static Map<String, String> of(Map<String, String> node, JsonObject configured) {
        Map<String, String> environment = new HashMap<>();
        for (String name : INHERITED) {
            String value = node.get(name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        for (Map.Entry<String, Object> entry : configured) {
            String name = entry.getKey();
            if (!allowed(name)) {
                throw new IllegalArgumentException("key=environment may not set " + name);
            }
            environment.put(name, String.valueOf(entry.getValue()));
        }
        return environment;
    }

    static boolean allowed(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]{0,127}")
                && !CODE.contains(name)
                && CODE_PREFIXES.stream().noneMatch(name::startsWith);
    }
}
