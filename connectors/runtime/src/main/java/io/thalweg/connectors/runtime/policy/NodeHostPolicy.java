package io.thalweg.connectors.runtime.policy;

import io.thalweg.connectors.api.HostPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@link HostPolicy} as the node's settings say. */
public final class NodeHostPolicy implements HostPolicy {

    private static final int SHOWN_CHARS_MAX = 200;

    private final HostPolicyConfig config;
    private final List<AddressRange> egressAllow;
    private final List<List<String>> commands;

    public NodeHostPolicy(HostPolicyConfig config) {
        this.config = config;
        this.egressAllow =
                config.egressAllow().stream().map(AddressRange::parse).toList();
        this.commands = config.commands().stream().map(HostPolicyConfig::words).toList();
    }

    @Override
    public Path path(String path) {
        return below(path, config.pathRoots(), "connectors.pathRoots");
    }

    /** The real path of {@code path} if it lies below one of {@code roots}. Touches the disk. */
    static Path below(String path, List<Path> roots, String setting) {
        try {
            if (!path.isEmpty() && path.indexOf('\0') < 0) {
                Path real = realPath(Path.of(path).toAbsolutePath().normalize());
                for (Path root : roots) {
                    if (real.startsWith(realPath(root.toAbsolutePath().normalize()))) {
                        return real;
                    }
                }
            }
        } catch (IOException | InvalidPathException failure) {
            throw new IllegalArgumentException("path cannot be resolved: path=" + shown(path), failure);
        }
        throw new IllegalArgumentException("path is outside of what connectors may reach: path=" + shown(path)
                + " allowed=" + (roots.isEmpty() ? "nothing" : "below " + roots) + "; see the setting " + setting);
    }

    /** Symbolic links resolved, those of the nearest existing parent if the file does not exist. */
    private static Path realPath(Path path) throws IOException {
        Path existing = path;
        while (existing != null && !Files.exists(existing, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            existing = existing.getParent();
        }
        if (existing == null) {
            return path;
        }
        // A link that leads nowhere fails here, which is right: what it will lead to is not known.
        return existing.toRealPath().resolve(existing.relativize(path)).normalize();
    }

    @Override
    public URI url(String url) {
        URI parsed;
        try {
            parsed = new URI(url);
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException("not a URL: found=" + shown(url));
        }
        String scheme = parsed.getScheme() == null ? "" : parsed.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("URL refused: scheme=" + scheme + " allowed=http, https");
        }
        if (parsed.getRawUserInfo() != null) {
            throw new IllegalArgumentException("URL refused: user and password do not belong into a URL; use a header");
        }
        String host = parsed.getHost();
        if (host == null || host.isEmpty()) {
            throw new IllegalArgumentException("URL refused: host is missing or malformed: found=" + shown(url));
        }
        checkLiteral(host);
        return parsed;
    }

    /** An address that is written as one is known without asking anybody. */
    private void checkLiteral(String host) {
        try {
            if (host.startsWith("[")) {
                checkReachable(InetAddress.getByName(host.substring(1, host.length() - 1)), host);
            } else if (host.matches("[0-9.]+")) {
                if (!host.matches("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}")) {
                    throw new IllegalArgumentException(
                            "URL refused: host=" + host + " allowed=a name or an address of four decimal numbers");
                }
                checkReachable(InetAddress.getByName(host), host);
            } else if (host.matches("(?i)0x[0-9a-f]+(\\..*)?")) {
                throw new IllegalArgumentException("URL refused: host=" + host + " allowed=a name or a plain address");
            }
        } catch (java.net.UnknownHostException malformed) {
            throw new IllegalArgumentException("URL refused: host=" + host + " is not an address");
        }
    }

    private void checkReachable(InetAddress address, String host) {
        if (!reachable(address)) {
            throw new IllegalArgumentException("URL refused: host=" + host
                    + " is loopback, link-local or private; the setting connectors.egressAllow can allow it");
        }
    }

    @Override
    public boolean reachable(InetAddress address) {
        return !AddressRange.isSpecial(address) || egressAllow.stream().anyMatch(range -> range.contains(address));
    }

    @Override
    public List<String> command(List<String> command) {
        boolean allowed = commands.stream()
                .anyMatch(words -> command.size() >= words.size()
                        && command.subList(0, words.size()).equals(words));
        if (allowed && command.stream().allMatch(word -> word.indexOf('\0') < 0)) {
            return List.copyOf(command);
        }
        throw new IllegalArgumentException("command is not allowed: command="
                + (command.isEmpty() ? "(none)" : shown(command.get(0))) + " allowed="
                + (config.commands().isEmpty() ? "none" : String.join(", ", config.commands()))
                + "; see the setting connectors.commands");
    }

    private static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= SHOWN_CHARS_MAX ? clean : clean.substring(0, SHOWN_CHARS_MAX) + "...";
    }
}
