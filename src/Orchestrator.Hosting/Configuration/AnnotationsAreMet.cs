using System.Collections;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Checks the data annotations of an options object and of the objects inside it, and names each offender by its full key.</summary>
internal sealed class AnnotationsAreMet<T>(string section) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options)
    {
        var problems = new List<string>();
        Check(options, section, problems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void Check(object group, string path, List<string> problems)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(group, new ValidationContext(group), results, validateAllProperties: true);
        foreach (var result in results)
        {
            var member = result.MemberNames.FirstOrDefault();
            var found = member is null ? null : group.GetType().GetProperty(member);
            problems.Add(found is null || OptionsKind.IsSecret(found)
                ? $"{path}{(member is null ? "" : ":" + member)}: {result.ErrorMessage}"
                : $"{path}:{member}: {result.ErrorMessage} Found: {found.GetValue(group) ?? "nothing"}.");
        }

        foreach (var property in OptionsKind.Settings(group.GetType()))
        {
            var key = path + ":" + property.Name;
            switch (property.GetValue(group))
            {
                case null or string:
                    break;
                case IDictionary dictionary:
                    foreach (DictionaryEntry entry in dictionary)
                    {
                        CheckElement(entry.Value, key + ":" + entry.Key, problems);
                    }

                    break;
                case IEnumerable list:
                    var index = 0;
                    foreach (var element in list)
                    {
                        CheckElement(element, key + ":" + index++, problems);
                    }

                    break;
                case var value:
                    CheckElement(value, key, problems);
                    break;
            }
        }
    }

    private static void CheckElement(object? element, string key, List<string> problems)
    {
        if (element is not null && OptionsKind.IsGroup(element.GetType()))
        {
            Check(element, key, problems);
        }
    }
}
