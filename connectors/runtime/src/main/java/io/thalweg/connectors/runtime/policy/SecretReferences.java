package io.thalweg.connectors.runtime.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces references in a configuration by what they stand for, when a task starts: {@code ${file:PATH}} is the text of a
 * file, {@code ${file:PATH:KEY}} a key of a properties file (Kafka's FileConfigProvider), {@code ${env:NAME}} a variable.
 * Reads files: on a worker.
 */
public final class SecretReferences {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(file|env):([^}]*)}");
    private static final int FILE_BYTES_MAX = 64 << 10;

    private final HostPolicyConfig config;
    private final UnaryOperator<@Nullable String> environment;

    public SecretReferences(HostPolicyConfig config) {
        this(config, System::getenv);
    }

    SecretReferences(HostPolicyConfig config, UnaryOperator<@Nullable String> environment) {
        this.config = config;
        this.environment = environment;
    }

    /** Whether a text holds a reference. */
    public static boolean isReference(String text) {
        return REFERENCE.matcher(text).find();
    }

    /**
     * @param found is told what the references stood for
     * @throws IllegalArgumentException names the key and the reference, never a value
     */
    public String resolve(String key, String text, Redaction found) {
        Matcher references = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (references.find()) {
            String target = references.group(2);
            String value = references.group(1).equals("env") ? variable(key, target) : file(key, target);
            found.add(value);
            references.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return references.appendTail(resolved).toString();
    }

    private String variable(String key, String name) {
        if (config.secretEnvPrefixes().stream().noneMatch(name::startsWith)) {
            throw new IllegalArgumentException("secret refused: key=" + key + " variable=" + name
                    + " allowed=names that begin with " + config.secretEnvPrefixes()
                    + "; see the setting connectors.secretEnvPrefixes");
        }
        String value = environment.apply(name);
        if (value == null) {
            throw new IllegalArgumentException("secret is missing: key=" + key + " variable=" + name + " is not set");
        }
        return value;
    }

    private String file(String key, String target) {
        try {
            int colon = target.lastIndexOf(':');
            if (colon <= 0) {
                return text(NodeHostPolicy.below(target, config.secretRoots(), "connectors.secretRoots"))
                        .strip();
            }
            Path file =
                    NodeHostPolicy.below(target.substring(0, colon), config.secretRoots(), "connectors.secretRoots");
            Properties properties = new Properties();
            properties.load(new java.io.StringReader(text(file)));
            String value = properties.getProperty(target.substring(colon + 1));
            if (value == null) {
                throw new IllegalArgumentException("secret is missing: file=" + file + " has no such key");
            }
            return value;
        } catch (IOException failure) {
            throw new IllegalArgumentException("secret cannot be read: key=" + key, failure);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException("key=" + key + ": " + refused.getMessage(), refused);
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IllegalArgumentException("secret file is too large: bytesMax=" + FILE_BYTES_MAX);
        }
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
