package io.thalweg.launcher.node;

import io.thalweg.connectors.runtime.RuntimeConfig;
import io.thalweg.connectors.runtime.policy.HostPolicyConfig;
import io.thalweg.connectors.runtime.task.TaskLimits;
import io.thalweg.launcher.config.Settings;
import java.nio.file.Path;
import java.util.List;

/**
 * The role {@code connector}.
 *
 * @param runtime as far as the settings alone say it: whether REST may change connectors is decided at start
 * @param pluginPath directories with plugins
 */
public record ConnectorsConfig(RuntimeConfig runtime, RestCreation restCreation, List<Path> pluginPath) {

    /** Whether connectors are created, changed and deleted over HTTP. */
    public enum RestCreation {
        LOOPBACK,
        ALWAYS,
        NEVER
    }

    public ConnectorsConfig {
        pluginPath = List.copyOf(pluginPath);
    }

    static ConnectorsConfig from(Settings settings) {
        String directory = settings.string("connectors.directory");
        String address = settings.string("http.host") + ":" + settings.integer("http.port");
        RuntimeConfig runtime = new RuntimeConfig(
                () -> address,
                directory.isEmpty() ? null : Path.of(directory),
                settings.longInteger("connectors.directoryPollMillis"),
                false,
                settings.integer("connectors.max"),
                settings.integer("http.bodyBytesMax"),
                new TaskLimits(
                        settings.integer("connectors.taskBytesInFlightMax"),
                        settings.integer("connectors.taskRecordsInFlightMax"),
                        settings.integer("connectors.batchBytesMax"),
                        settings.longInteger("connectors.taskStopMillis"),
                        settings.longInteger("connectors.taskStartMillis"),
                        settings.longInteger("connectors.deliveryMillis")),
                new HostPolicyConfig(
                        paths(settings, "connectors.pathRoots"),
                        settings.strings("connectors.egressAllow"),
                        settings.strings("connectors.commands"),
                        paths(settings, "connectors.secretRoots"),
                        settings.strings("connectors.secretEnvPrefixes")),
                settings.flag("cluster.enabled") ? "node-" + settings.integer("node.id") : "");
        return new ConnectorsConfig(
                runtime,
                switch (settings.string("connectors.restCreation")) {
                    case "always" -> RestCreation.ALWAYS;
                    case "never" -> RestCreation.NEVER;
                    default -> RestCreation.LOOPBACK;
                },
                paths(settings, "connectors.pluginPath"));
    }

    private static List<Path> paths(Settings settings, String key) {
        return settings.strings(key).stream().map(Path::of).toList();
    }

    public ConnectorsConfig withRuntime(RuntimeConfig changed) {
        return new ConnectorsConfig(changed, restCreation, pluginPath);
    }
}
