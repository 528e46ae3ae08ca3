package io.thalweg.connectors.runtime.policy;

import java.nio.file.Path;
import java.util.List;

/**
 * What connectors may reach. Everything is denied that is not listed.
 *
 * @param pathRoots files of connectors lie below one of them
 * @param egressAllow addresses or CIDR ranges that may be connected to although they are loopback, link-local or private
 * @param commands first words of command lines, exactly as a configuration writes them
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
        if (secretEnvPrefixes.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException(
                    "connectors.secretEnvPrefixes: an empty prefix would allow every variable");
        }
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
