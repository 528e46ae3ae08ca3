package io.thalweg.connectors.runtime.rest;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.thalweg.connectors.runtime.ConnectException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Log levels of this node, as Kafka Connect shows and sets them. Whoever embeds a node with another logger has none. */
final class Loggers {

    private static final String ROOT = "root";
    private static final List<Level> LEVELS =
            List.of(Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR, Level.OFF);

    /** By name, when a level was set here, in milliseconds. */
    private final Map<String, Long> modified = new ConcurrentHashMap<>();

    private static LoggerContext context() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            return context;
        }
        throw new ConnectException(
                501, "levels are those of logback, and this process logs by " + factory.getClass().getName());
    }

    JsonObject all() {
        JsonObject loggers = new JsonObject();
        for (Logger logger : context().getLoggerList()) {
            loggers.put(name(logger), shown(logger));
        }
        return loggers;
    }

    JsonObject one(String name) {
        Logger logger = context().exists(inLogback(name));
        if (logger == null) {
            throw new ConnectException(404, "Logger " + name + " not found.");
        }
        return shown(logger);
    }

    /** Sets the level of a logger and of those below it; answers their names. */
    JsonArray set(String name, @Nullable Object level) {
        if (level == null) {
            throw new ConnectException(400, "Desired 'level' parameter was not specified in request.");
        }
        Level wanted = Level.toLevel(level.toString().toUpperCase(Locale.ROOT), null);
        if (wanted == null || !LEVELS.contains(wanted)) {
            throw new ConnectException(404, "invalid log level '" + level + "'.");
        }
        LoggerContext context = context();
        if (context.exists(inLogback(name)) == null && below(context, name).isEmpty()) {
            throw new ConnectException(404, "Logger " + name + " not found."); // else names would pile up
        }
        context.getLogger(inLogback(name)).setLevel(wanted);
        JsonArray changed = new JsonArray();
        for (Logger logger : below(context, name)) {
            if (logger.getLevel() != null) {
                logger.setLevel(wanted);
            }
            modified.put(name(logger), System.currentTimeMillis());
            changed.add(name(logger));
        }
        return changed;
    }

    /** Itself too, if it is there. */
    private static List<Logger> below(LoggerContext context, String name) {
        return context.getLoggerList().stream()
                .filter(logger -> name.equals(ROOT)
                        || logger.getName().equals(name)
                        || logger.getName().startsWith(name + "."))
                .toList();
    }

    private JsonObject shown(Logger logger) {
        return new JsonObject()
                .put("level", logger.getEffectiveLevel().toString())
                .put("last_modified", modified.get(name(logger)));
    }

    private static String name(Logger logger) {
        return logger.getName().equals(Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName();
    }

    private static String inLogback(String name) {
        return name.equals(ROOT) ? Logger.ROOT_LOGGER_NAME : name;
    }
}
