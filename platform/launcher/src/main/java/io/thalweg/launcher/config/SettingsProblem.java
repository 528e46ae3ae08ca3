package io.thalweg.launcher.config;

/**
 * One thing that is wrong with the settings.
 *
 * @param key dotted path, such as {@code log.journalBytes}; empty for a whole file
 * @param origin where the value came from: a file, an environment variable, a flag
 * @param found what was there, as JSON; secrets never reach this record
 * @param allowed what may be there
 */
public record SettingsProblem(String key, String origin, String found, String allowed) {

    @Override
    public String toString() {
        String subject = key.isEmpty() ? origin : key + " (" + origin + ")";
        return subject + ": found " + found + "; allowed: " + allowed;
    }
}
