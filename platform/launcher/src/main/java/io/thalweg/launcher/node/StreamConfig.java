package io.thalweg.launcher.node;

import io.thalweg.launcher.config.Settings;
import io.thalweg.streams.runtime.StreamsRuntimeConfig;
import io.thalweg.streams.runtime.StreamsRuntimeConfig.ProductionPolicy;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The stream applications that a node runs.
 *
 * @param definitions empty on a node without the role {@code processor}
 * @param classPath where their classes are looked for besides the platform's own class path
 * @param runtime how each of them is run
 */
public record StreamConfig(List<Definition> definitions, List<Path> classPath, StreamsRuntimeConfig runtime) {

    public StreamConfig {
        definitions = List.copyOf(definitions);
        classPath = List.copyOf(classPath);
    }

    static StreamConfig from(Settings settings) {
        boolean processes = settings.strings("node.roles").contains("processor");
        return new StreamConfig(
                processes
                        ? settings.objects("streams").stream()
                                .map(Definition::from)
                                .toList()
                        : List.of(),
                settings.strings("verticleClassPath").stream().map(Path::of).toList(),
                runtime(settings));
    }

    private static StreamsRuntimeConfig runtime(Settings settings) {
        return new StreamsRuntimeConfig(
                0,
                settings.integer("processor.commitMillis"),
                settings.integer("processor.commitBytes"),
                settings.integer("processor.turnRecordsMax"),
                1_000L * settings.integer("processor.turnMicrosMax"),
                settings.integer("processor.fetchBytesMax"),
                settings.longInteger("processor.outputBytesMax"),
                settings.integer("processor.taskIdleMillisMax"),
                settings.longInteger("processor.stateBytesMax"),
                settings.integer("processor.sessionTimeoutMillis"),
                settings.integer("processor.stopMillis"),
                ProductionPolicy.valueOf(
                        settings.string("processor.productionFailure").toUpperCase(Locale.ROOT)));
    }

    /**
     * A user's application.
     *
     * @param className without the {@code java:} prefix
     * @param instances event loops that its tasks are spread over; 0 for one for each core
     */
    public record Definition(String className, int instances, JsonObject config) {

        static Definition from(JsonObject settings) {
            return new Definition(
                    settings.getString("name").substring("java:".length()),
                    settings.getInteger("instances", 0),
                    settings.getJsonObject("config", new JsonObject()));
        }
    }
}
