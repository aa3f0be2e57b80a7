using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Amazon.Runtime;

namespace OffloadedPolling.Tests.Secrecy;

/// <summary>
/// Finds types that may hold a secret, by the names and types of their members, and those of them that print it.
/// </summary>
internal static partial class SecretHolders
{
    private const string Secret = "5ecre7-5ecre7";

    // Addresses and names, which give no access.
    private static readonly string[] _harmless = ["StatusKey", "statusKey", "QueueUrl", "DeadLetterQueueUrl", "KeyPrefix", "key"];

    /// <summary>Returns the types in an assembly that may hold a secret.</summary>
    public static IEnumerable<Type> In(Assembly assembly) => assembly.GetTypes().Where(type =>
        type is { IsInterface: false, IsEnum: false, IsAbstract: false, ContainsGenericParameters: false }
        && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && FieldsOf(type).Any(MayBeSecret));

    /// <summary>Returns whether a type prints a secret that it holds.</summary>
    public static bool Prints(Type type)
    {
        var holder = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var field in FieldsOf(type).Where(MayBeSecret))
        {
            field.SetValue(holder, SecretOf(field.FieldType));
        }

        var shown = type.GetCustomAttributes<DebuggerDisplayAttribute>().Select(display => display.Value).Append(holder.ToString());
        return shown.Any(text => text!.Contains(Secret, StringComparison.Ordinal)
            || text.Contains("Byte[]", StringComparison.Ordinal) || NameOfSecret().IsMatch(InBraces(text)));
    }

    private static bool MayBeSecret(FieldInfo field) =>
        SecretOf(field.FieldType) is not null && !_harmless.Contains(NameOf(field))
        && (NameOfSecret().IsMatch(NameOf(field))
            || field.FieldType == typeof(ImmutableCredentials) || field.DeclaringType!.Name.EndsWith("Url", StringComparison.Ordinal));

    private static object? SecretOf(Type type) => type switch
    {
        _ when type == typeof(string) => $"https://s3.example.com/operations/1?X-Amz-Signature={Secret}",
        _ when type == typeof(Uri) => new Uri($"https://s3.example.com/operations/1?X-Amz-Signature={Secret}"),
        _ when type == typeof(byte[]) => "5ecre7"u8.ToArray(),
        _ when type == typeof(ImmutableCredentials) => new ImmutableCredentials(Secret, Secret, Secret),
        _ => null,
    };

    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (var part = type; part is not null && part.Assembly == type.Assembly; part = part.BaseType)
        {
            foreach (var field in part.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    // A property's field is called <Name>k__BackingField, a captured parameter's <name>P.
    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name.TrimStart('_');

    // What a debugger shows: DebuggerDisplay("{Name}").
    private static string InBraces(string text) => text.StartsWith('{') ? text.Trim('{', '}') : "";

    [GeneratedRegex("(url|token|secret|key|keys|credential|signature|password|authorization)$", RegexOptions.IgnoreCase)]
    private static partial Regex NameOfSecret();
}
