package io.thalweg.connectors.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.ConnectorPlugin.Delivery;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ProcessConfigTest {

    @Test
    void aCommandLineIsWordsAndNothingIsExpanded() {
        assertThat(CommandLine.words("  python3 'my script.py' --x=\"$HOME *\" a'b'c \"\" "))
                .containsExactly("python3", "my script.py", "--x=$HOME *", "abc", "");
        assertThat(CommandLine.words("[\"a b\", \"c\"]")).containsExactly("a b", "c");
        assertThat(CommandLine.words("")).isEmpty();
        assertThatThrownBy(() -> CommandLine.words("a 'b")).hasMessageContaining("open quote");
        assertThatThrownBy(() -> CommandLine.words("[1")).hasMessageContaining("key=command");
    }

    @Test
    void bothPluginsAreFoundAndTheirDefaultsAreTheCodes() {
        Map<String, ConnectorPlugin> plugins = new java.util.TreeMap<>();
        ServiceLoader.load(ConnectorPlugin.class).forEach(plugin -> plugins.put(plugin.name(), plugin));

        assertThat(plugins).containsOnlyKeys("process-source", "process-sink");
        plugins.values().forEach(plugin -> {
            JsonObject filled = new JsonObject().put("command", "x");
            for (Map.Entry<String, Object> key : plugin.configSchema().getJsonObject("properties")) {
                JsonObject property = (JsonObject) key.getValue();
                assertThat(property.getString("description")).as(key.getKey()).isNotBlank();
                if (property.containsKey("default")) {
                    filled.put(key.getKey(), property.getValue("default"));
                }
            }
            assertThat(ProcessConfig.of("c", 0, filled))
                    .isEqualTo(ProcessConfig.of("c", 0, new JsonObject().put("command", "x")));
        });
    }

    @Test
    void aCommandThatTheOperatorDidNotListIsRefused() {
        List<ConfigProblem> problems = new ProcessSourcePlugin()
                .check(new JsonObject().put("command", "rm -rf /"), FakeContexts.policy(List.of("python3")));

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo("command");
            assertThat(problem.found()).isEqualTo("rm");
        });
    }

    @Test
    void exactlyOnceIsForNativeChildrenAlone() {
        ProcessSourcePlugin plugin = new ProcessSourcePlugin();
        JsonObject exact = new JsonObject().put("command", "python3").put("delivery", "exactly-once");

        assertThat(plugin.delivery(exact)).isEqualTo(Delivery.EXACTLY_ONCE);
        assertThat(plugin.delivery(new JsonObject().put("command", "python3"))).isEqualTo(Delivery.AT_LEAST_ONCE);
        assertThat(plugin.check(exact, FakeContexts.policy(List.of("python3")))).isEmpty();
        assertThat(plugin.check(exact.copy().put("protocol", "singer"), FakeContexts.policy(List.of("python3"))))
                .extracting(ConfigProblem::key)
                .containsExactly("delivery");
    }

    @Test
    void aChildGetsFewOfTheNodesVariablesAndNoLoaderTricks() {
        Map<String, String> node = Map.of("PATH", "/bin", "AWS_SECRET", "s", "HOME", "/h", "LD_PRELOAD", "x");

        assertThat(ChildEnvironment.of(node, new JsonObject().put("TOKEN", "t")))
                .containsOnly(Map.entry("PATH", "/bin"), Map.entry("HOME", "/h"), Map.entry("TOKEN", "t"));
        for (String name : List.of("LD_PRELOAD", "PATH", "PYTHONPATH", "NODE_OPTIONS", "BASH_ENV", "BASH_FUNC_ls")) {
            assertThatThrownBy(() -> ChildEnvironment.of(node, new JsonObject().put(name, "evil")))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void secretsAreTakenOutOfWhatAChildPrints() {
        JsonObject settings = new JsonObject()
                .put("user", "alice")
                .put("password", "hunter22")
                .put("nested", new JsonObject().put("apiToken", "hunter2222"));
        ProcessConfig config = ProcessConfig.of(
                "c",
                0,
                new JsonObject()
                        .put("command", "x")
                        .put("settings", settings)
                        .put("environment", new JsonObject().put("X", "variable")));

        Redaction redaction = Redaction.of(config, text -> text.replace("referred", "****"));
        assertThat(redaction.apply("alice:hunter22 hunter2222 variable referred"))
                .isEqualTo("alice:******** ******** ******** ****");
        assertThat(config.toString()).doesNotContain("hunter22");
    }
}
