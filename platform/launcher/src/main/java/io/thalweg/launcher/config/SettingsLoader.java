package io.thalweg.launcher.config;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings in their order of precedence: defaults, then what is added here, later over earlier. The caller adds
 * files, then the environment, then flags.
 */
public final class SettingsLoader {

    private static final String ENVIRONMENT_PREFIX = "THALWEG_";

    private final SettingsSchema schema = SettingsSchema.load();
    private final JsonObject values = schema.defaults();
    private final Map<String, String> origins = new HashMap<>();
    private final List<SettingsProblem> problems = new ArrayList<>();

    /** Adds a JSON file. Objects merge, all else replaces. Blocks on disk. */
    public SettingsLoader file(Path file) {
        try {
            JsonObject read = new JsonObject(Files.readString(file));
            read.remove("$schema");
            merge("", values, read, file.toString());
        } catch (NoSuchFileException e) {
            problems.add(new SettingsProblem("", file.toString(), "no such file", "a readable JSON file"));
        } catch (IOException e) {
            problems.add(new SettingsProblem("", file.toString(), "unreadable: " + e, "a readable JSON file"));
        } catch (RuntimeException e) {
            String reason = Objects.requireNonNullElse(e.getMessage(), e.toString());
            problems.add(new SettingsProblem(
                    "", file.toString(), reason.lines().collect(Collectors.joining(" ")), "one JSON object"));
        }
        return this;
    }

    /**
     * Adds settings that an application made. Objects merge, all else replaces.
     *
     * @param origin as messages name it
     */
    public SettingsLoader object(JsonObject settings, String origin) {
        JsonObject copy = settings.copy();
        copy.remove("$schema");
        merge("", values, copy, origin);
        return this;
    }

    /** Adds the {@code THALWEG_*} variables; others are none of ours. */
    public SettingsLoader environment(Map<String, String> environment) {
        environment.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(ENVIRONMENT_PREFIX))
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> variable(entry.getKey(), entry.getValue()));
        return this;
    }

    private void variable(String name, String text) {
        for (SettingsKey key : schema.keys()) {
            if (key.environmentName().equals(name)) {
                put(key.path(), key.parse(text), "environment " + name);
                return;
            }
        }
        problems.add(new SettingsProblem(
                name,
                "environment",
                "an unknown variable",
                "THALWEG_ and a key in capitals, such as "
                        + schema.keys().get(0).environmentName()));
    }

    /** Adds {@code key=value} from {@code --set}. */
    public SettingsLoader set(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals <= 0) {
            problems.add(new SettingsProblem("", "--set", SettingsKey.encode(assignment), "key=value"));
            return this;
        }
        return flag(assignment.substring(0, equals).trim(), assignment.substring(equals + 1), "--set");
    }

    /**
     * Adds one value.
     *
     * @param path dotted key
     * @param origin the flag, as the user knows it
     */
    public SettingsLoader flag(String path, String text, String origin) {
        SettingsKey key = schema.keyFor(path);
        if (key == null) {
            // Kept as it is: the check names the key, its neighbours and the likely one.
            put(path, text, origin);
        } else if (key.path().equals(path)) {
            put(path, key.parse(text), origin);
        } else {
            String name = path.substring(key.path().length() + 1);
            JsonObject parent = parent(key.path() + ".x");
            if (parent != null) {
                parent.put(name, text);
                origins.put(path, origin);
            }
        }
        return this;
    }

    /** Replaces a port of loopback that another process listens on by 0. Looks at the network, so it may block. */
    public SettingsLoader useAnyPortIfTaken(String path) {
        SettingsKey key = Objects.requireNonNull(schema.keyFor(path));
        int port = ((Number) key.schema().getValue("default")).intValue();
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            probe.setReuseAddress(true);
        } catch (IOException taken) {
            put(path, 0, "a taken port");
        }
        return this;
    }

    /** The settings, all of them checked. */
    public Settings load() throws SettingsException {
        if (problems.isEmpty()) {
            problems.addAll(schema.check(values, this::originOf));
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return new Settings(schema, values);
    }

    private String originOf(String path) {
        String key = path;
        while (true) {
            String origin = origins.get(key);
            if (origin != null) {
                return origin;
            }
            int dot = key.lastIndexOf('.');
            if (dot < 0) {
                return "default";
            }
            key = key.substring(0, dot);
        }
    }

    private void merge(String path, JsonObject into, JsonObject from, String origin) {
        for (String name : from.fieldNames()) {
            String child = path.isEmpty() ? name : path + "." + name;
            Object value = from.getValue(name);
            if (value instanceof JsonObject nested && into.getValue(name) instanceof JsonObject existing) {
                merge(child, existing, nested, origin);
            } else {
                into.put(name, value);
                origins.put(child, origin);
            }
        }
    }

    private void put(String path, @Nullable Object value, String origin) {
        JsonObject parent = parent(path);
        if (parent != null) {
            parent.put(path.substring(path.lastIndexOf('.') + 1), value);
        }
        origins.put(path, origin);
    }

    /** The object that holds the last step of {@code path}; made where it is absent. */
    private @Nullable JsonObject parent(String path) {
        JsonObject node = values;
        String[] steps = path.split("\\.");
        for (int i = 0; i < steps.length - 1; i++) {
            Object next = node.getValue(steps[i]);
            if (next == null) {
                next = new JsonObject();
                node.put(steps[i], next);
            }
            if (!(next instanceof JsonObject object)) {
                problems.add(new SettingsProblem(path, "--set", "a key below a value", "a key of the schema"));
                return null;
            }
            node = object;
        }
        return node;
    }
}
