package io.thalweg.launcher.verticle;

import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A user's verticle.
 *
 * @param id what it is listed under: unique
 * @param className without the {@code java:} prefix
 * @param workerThreads of its pool; used by the worker model, and by its blocking calls
 * @param classPath jars and directories in which its classes are looked for first
 */
public record VerticleConfig(
        String id,
        String className,
        int instances,
        ThreadingModel threading,
        int workerThreads,
        List<Path> classPath,
        JsonObject config) {

    private static final int WORKER_THREADS = 4;

    public VerticleConfig {
        classPath = List.copyOf(classPath);
        config = config.copy();
    }

    /** Those of the settings' {@code verticles}; one without an id is called by its class, the second of a kind with -2. */
    public static List<VerticleConfig> all(List<JsonObject> settings, List<Path> sharedClassPath) {
        List<VerticleConfig> verticles = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (JsonObject one : settings) {
            String given = one.getString("id");
            if (given != null && !taken.add(given)) {
                throw new IllegalArgumentException("verticles: the id is taken: id=" + given);
            }
        }
        for (JsonObject one : settings) {
            verticles.add(from(one, id(one, taken), sharedClassPath));
        }
        return verticles;
    }

    private static String id(JsonObject settings, Set<String> taken) {
        String given = settings.getString("id");
        if (given != null) {
            return given;
        }
        String byClass = className(settings);
        String id = byClass;
        for (int n = 2; !taken.add(id); n++) {
            id = byClass + "-" + n;
        }
        return id;
    }

    private static VerticleConfig from(JsonObject settings, String id, List<Path> sharedClassPath) {
        List<Path> classPath = new ArrayList<>();
        settings.getJsonArray("classPath", new JsonArray()).forEach(path -> classPath.add(Path.of((String) path)));
        classPath.addAll(sharedClassPath);
        int instances = settings.getInteger("instances", 1);
        return new VerticleConfig(
                id,
                className(settings),
                instances,
                threading(settings),
                settings.getInteger("workerThreads", Math.max(WORKER_THREADS, instances)),
                classPath,
                settings.getJsonObject("config", new JsonObject()));
    }

    private static String className(JsonObject settings) {
        return settings.getString("name").substring("java:".length());
    }

    private static ThreadingModel threading(JsonObject settings) {
        String byFlag = settings.getBoolean("worker", true) ? "worker" : "event-loop";
        String threading = settings.getString("threading", byFlag);
        ThreadingModel model =
                ThreadingModel.valueOf(threading.toUpperCase(Locale.ROOT).replace('-', '_'));
        if (model == ThreadingModel.VIRTUAL_THREAD && Runtime.version().feature() < 21) {
            throw new IllegalArgumentException("verticles: threading=virtual-thread needs Java 21 or later; found="
                    + Runtime.version() + "; use worker");
        }
        return model;
    }

    String threadingName() {
        return threading.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
