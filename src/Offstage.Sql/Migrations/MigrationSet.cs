using System.Reflection;

namespace Offstage.Sql.Migrations;

/// <summary>The schema of one component, version by version from 1.</summary>
/// <param name="Component">Whose tables these are: <c>sessions</c>, <c>volumes</c>. Components migrate independently.</param>
public sealed record MigrationSet(string Component, IReadOnlyList<Migration> Migrations)
{
    public int Latest => Migrations.Count;

    /// <summary>Reads embedded scripts named <c>{prefix}{version}.{name}.sql</c>.</summary>
    public static MigrationSet FromResources(Assembly assembly, string prefix, string component)
    {
        var migrations = new List<Migration>();
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            string[] parts = resource[prefix.Length..].Split('.');
            migrations.Add(new Migration(int.Parse(parts[0]), parts[1], reader.ReadToEnd()));
        }

        for (int i = 0; i < migrations.Count; i++)
        {
            if (migrations[i].Version != i + 1)
                throw new StoreSchemaException($"Migration {i + 1} of {component} is missing from the program");
        }

        return new MigrationSet(component, migrations);
    }

    /// <summary>What is to be applied next, given what was applied.</summary>
    /// <returns>Null when the schema is current.</returns>
    /// <exception cref="StoreSchemaException">The database is newer, or was migrated by other scripts.</exception>
    public Migration? FindNext(IReadOnlyDictionary<int, string> appliedChecksums)
    {
        int newest = appliedChecksums.Count == 0 ? 0 : appliedChecksums.Keys.Max();
        if (newest > Latest)
        {
            throw new StoreSchemaException(
                $"The database holds version {newest} of the {Component} schema and this program knows only {Latest}: run the newer program, or restore a backup made before it");
        }

        foreach (var migration in Migrations)
        {
            if (!appliedChecksums.TryGetValue(migration.Version, out string? checksum))
                return migration;
            if (checksum != migration.Checksum)
            {
                throw new StoreSchemaException(
                    $"Migration {migration.Version} ({migration.Name}) of {Component} was applied from another script than this program's");
            }
        }

        return null;
    }
}
