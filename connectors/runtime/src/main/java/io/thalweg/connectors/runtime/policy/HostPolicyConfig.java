package io.thalweg.connectors.runtime.policy;

import java.nio.file.Path;
import java.util.List;

/**
 * What connectors may reach. Everything is denied that is not listed.
 *
 * @param pathRoots files of connectors lie below one of them
 * @param egressAllow addresses or CIDR ranges that may be connected to although they are loopback, link-local or private
 * @param commands how command lines begin, word by word and exactly as a configuration writes them: {@code /opt/tap} allows
 *     any arguments, {@code python3 /opt/tap.py} those behind that script alone
 * @param secretRoots {@code ${file:...}} reads below one of them
 * @param secretEnvPrefixes {@code ${env:NAME}} reads variables whose name begins with one of them
 */
public record HostPolicyConfig(
        List<Path> pathRoots,
        List<String> egressAllow,
        List<String> commands,
        List<Path> secretRoots,
        List<String> secretEnvPrefixes) {

    public HostPolicyConfig {
        pathRoots = List.copyOf(pathRoots);
        egressAllow = List.copyOf(egressAllow);
        commands = List.copyOf(commands);
        secretRoots = List.copyOf(secretRoots);
        secretEnvPrefixes = List.copyOf(secretEnvPrefixes);
        egressAllow.forEach(AddressRange::parse);
        commands.forEach(HostPolicyConfig::words);
        if (secretEnvPrefixes.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException(
                    "connectors.secretEnvPrefixes: an empty prefix would allow every variable");
        }
    }

    /** The words that a command line must begin with. */
    static List<String> words(String command) {
        List<String> words = List.of(command.strip().split("\\s+", -1));
        String first = words.get(0);
        if (first.isEmpty() || (first.indexOf('/') >= 0 && !first.startsWith("/"))) {
            throw new IllegalArgumentException("connectors.commands: found=" + command
                    + " allowed=a command's name or absolute path, and the arguments that it must begin with; a relative"
                    + " path would mean whatever lies in a connector's working directory");
        }
        return words;
    }

    public static HostPolicyConfig denyAll() {
        return new HostPolicyConfig(List.of(), List.of(), List.of(), List.of(), List.of());
    }

    public HostPolicyConfig withPathRoots(List<Path> roots) {
        return new HostPolicyConfig(roots, egressAllow, commands, secretRoots, secretEnvPrefixes);
    }

    public HostPolicyConfig withEgressAllow(List<String> ranges) {
        return new HostPolicyConfig(pathRoots, ranges, commands, secretRoots, secretEnvPrefixes);
    }

    public HostPolicyConfig withCommands(List<String> allowed) {
        return new HostPolicyConfig(pathRoots, egressAllow, allowed, secretRoots, secretEnvPrefixes);
    }

    public HostPolicyConfig withSecrets(List<Path> roots, List<String> envPrefixes) {
        return new HostPolicyConfig(pathRoots, egressAllow, commands, roots, envPrefixes);
    }
}
