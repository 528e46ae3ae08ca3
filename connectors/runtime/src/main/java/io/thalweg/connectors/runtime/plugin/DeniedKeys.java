package io.thalweg.connectors.runtime.plugin;

import io.thalweg.connectors.api.ConfigProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Keys that would open a hole, whatever the plugin: configuration providers of the connector's own choice, and login
 * modules that load code or ask a directory (CVE-2023-25194 and its like).
 */
final class DeniedKeys {

    private static final List<String> MODULES_ALLOWED = List.of(
            "org.apache.kafka.common.security.plain.PlainLoginModule",
            "org.apache.kafka.common.security.scram.ScramLoginModule");

    private DeniedKeys() {}

    static List<ConfigProblem> find(Map<String, String> config) {
        List<ConfigProblem> problems = new ArrayList<>();
        config.forEach((key, value) -> {
            String lower = key.toLowerCase(Locale.ROOT);
            if (lower.contains("config.providers")) {
                problems.add(new ConfigProblem(key, value, "not to be set: the node's own ${file:} and ${env:} only"));
            } else if (lower.contains("login.module")
                    || lower.endsWith("login.class")
                    || lower.contains("login.callback.handler")) {
                problems.add(new ConfigProblem(key, null, "not to be set by a connector"));
            } else if (lower.endsWith("sasl.jaas.config") && !isHarmless(value)) {
                problems.add(new ConfigProblem(
                        key,
                        null,
                        "one of the login modules " + String.join(", ", MODULES_ALLOWED) + ", and one alone"));
            } else if (value.contains("JndiLoginModule") || value.contains("LdapLoginModule")) {
                problems.add(new ConfigProblem(key, null, "no JNDI or LDAP login module"));
            }
        });
        return problems;
    }

    private static boolean isHarmless(String jaas) {
        String module = jaas.strip().split("\\s+", 2)[0];
        return MODULES_ALLOWED.contains(module)
                && jaas.strip().indexOf(';') == jaas.strip().length() - 1 // a second module would follow
                && jaas.indexOf("LoginModule") == jaas.lastIndexOf("LoginModule");
    }
}
